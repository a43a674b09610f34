"""Enumerations, tuples, anonymous objects, groups and lazy sequences."""


class ClrTuple:
    """Tuple<...>"""

    __slots__ = ("items", "types")

    def __init__(self, items: tuple[object, ...], types: str) -> None:
        self.items = items
        self.types = types

    @property
    def clr_name(self) -> str:
        return f"System.Tuple`{len(self.items)}[{self.types}]"


class Anonymous:
    """An object of an anonymous type."""

    __slots__ = ("members",)

    def __init__(self, members: dict[str, object]) -> None:
        self.members = members

    @property
    def clr_name(self) -> str:
        return f"<>f__AnonymousType0`{len(self.members)}"
