"""System.Convert, BitConverter and TypeCode."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.convert import converters

    return converters.DEFINITIONS


CONVERT = Family(
    _definitions,
    types=names_in("System", "Convert BitConverter"),
)
