"""System.Linq.Enumerable."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.linq import enumerable

    return enumerable.DEFINITIONS


LINQ = Family(
    _definitions,
    types=names_in(
        "System.Linq",
        "Enumerable IGrouping`2 ILookup`2 Lookup`2 IOrderedEnumerable`1",
    ),
    extensions=names_in(
        "",
        "Aggregate All Any Append AsEnumerable Average Cast Concat Contains Count "
        "DefaultIfEmpty Distinct ElementAt ElementAtOrDefault Except First FirstOrDefault "
        "GroupBy GroupJoin Intersect Join Last LastOrDefault LongCount Max Min OfType OrderBy "
        "OrderByDescending Prepend Reverse Select SelectMany SequenceEqual Single "
        "SingleOrDefault Skip SkipLast SkipWhile Sum Take TakeLast TakeWhile ThenBy "
        "ThenByDescending ToArray ToDictionary ToHashSet ToList ToLookup Union Where Zip",
    ),
)
