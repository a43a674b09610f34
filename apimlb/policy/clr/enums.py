"""Values of enumerations."""

_FLAGS = frozenset(
    [
        "System.Security.Cryptography.X509Certificates.X509KeyStorageFlags",
        "System.StringSplitOptions",
        "System.Text.RegularExpressions.RegexOptions",
        "System.Xml.Linq.LoadOptions",
        "System.Xml.Linq.SaveOptions",
    ]
)
"""Enumerations whose values are added up."""


class Enum:
    """A value of an enumeration; `names` maps numbers to names."""

    __slots__ = ("names", "number", "type_name")
    boxed = True

    def __init__(self, type_name: str, number: int, names: dict[int, str]) -> None:
        self.type_name = type_name
        self.number = number
        self.names = names

    @property
    def clr_name(self) -> str:
        return self.type_name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Enum) and (self.type_name, self.number) == (other.type_name, other.number)

    def __hash__(self) -> int:
        return hash((self.type_name, self.number))

    def __lt__(self, other: "Enum") -> bool:
        return self.number < other.number

    def __str__(self) -> str:
        """Its name, or `A, B` for a combination of flags, else its number."""
        found = self.names.get(self.number)
        if found is None and self.type_name in _FLAGS:
            return self._flags()
        return found or str(self.number)

    def _flags(self) -> str:
        rest, found = self.number, []
        for value in sorted(self.names, reverse=True):
            if value and rest & value == value:
                found.append(self.names[value])
                rest &= ~value
        return ", ".join(reversed(found)) if found and rest == 0 else str(self.number)
