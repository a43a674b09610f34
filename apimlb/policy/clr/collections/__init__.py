"""Arrays, lists, sets, dictionaries, tuples."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _arrays() -> tuple[Definition, ...]:
    from apimlb.policy.clr.collections import system_array

    return system_array.DEFINITIONS


ARRAYS = Family(
    _arrays,
    types=names_in("System", "Array"),
)


def _sets() -> tuple[Definition, ...]:
    from apimlb.policy.clr.collections import sets

    return sets.DEFINITIONS


SETS = Family(
    _sets,
    types=names_in(
        "System.Collections.Generic",
        "ISet`1 HashSet`1 HashSet`1+Enumerator Queue`1 Queue`1+Enumerator Stack`1 Stack`1+Enumerator",
    ),
)
