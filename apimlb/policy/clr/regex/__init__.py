"""System.Text.RegularExpressions."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.regex import matching

    return matching.DEFINITIONS


REGEX = Family(
    _definitions,
    types=names_in(
        "System.Text.RegularExpressions",
        "RegexOptions Regex Capture Group Match MatchCollection GroupCollection CaptureCollection",
    ),
)
