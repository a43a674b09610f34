"""Values of enumerations."""

from dataclasses import dataclass, field
from operator import attrgetter

_FLAGS = {
    "System.Security.Cryptography.X509Certificates.X509KeyStorageFlags",
    "System.StringSplitOptions",
    "System.Text.RegularExpressions.RegexOptions",
    "System.Xml.Linq.LoadOptions",
    "System.Xml.Linq.SaveOptions",
}
"""Enumerations whose values are added up."""


@dataclass(slots=True, order=True, unsafe_hash=True)
class Enum:
    """A value of an enumeration; `names` maps numbers to names."""

    type_name: str
    number: int
    names: dict[int, str] = field(compare=False, repr=False)
    boxed = True
    clr_name = property(attrgetter("type_name"))

    def __str__(self) -> str:
        """Its name, or `A, B` for a combination of flags, else its number."""
        if self.number in self.names or self.type_name not in _FLAGS:
            return self.names.get(self.number, str(self.number))
        rest, found = self.number, []
        for value in sorted(self.names, reverse=True):
            if value and rest & value == value:
                found.append(self.names[value])
                rest &= ~value
        return ", ".join(reversed(found)) if found and rest == 0 else str(self.number)
