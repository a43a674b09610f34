"""String, Char, StringBuilder, Encoding and their comparers."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.strings import system_text

    return system_text.DEFINITIONS


TEXT = Family(
    _definitions,
    types=(
        *names_in("System.Text", "Encoding StringBuilder"),
        *names_in("System.IO", "StringReader StringWriter"),
    ),
)
