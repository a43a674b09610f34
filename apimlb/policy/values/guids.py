"""System.Guid"""

import re
import uuid

from apimlb.policy.values.exceptions import argument_null, bad_format

_HEX = re.compile(r"[0-9a-fA-F]{32}\Z")
_DASHED = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")


class Guid:
    """A globally unique identifier; bytes are in .NET's mixed order."""

    __slots__ = ("value",)

    def __init__(self, value: uuid.UUID) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guid) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: "Guid") -> bool:
        return self.value < other.value

    def __str__(self) -> str:
        return str(self.value)


EMPTY = Guid(uuid.UUID(int=0))


def parse_guid(text: str | None) -> Guid:
    """Guid.Parse; throws System.FormatException."""
    if text is None:
        raise argument_null("input")
    plain = text.strip()
    if plain[:1] + plain[-1:] in ("{}", "()"):
        plain = plain[1:-1]
    if _DASHED.match(plain) or (_HEX.match(plain) and plain == text.strip()):
        return Guid(uuid.UUID(plain))
    if len(plain) != 36 or plain.count("-") != 4:
        raise bad_format(
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
        )
    raise bad_format("Guid string should only contain hexadecimal characters.")


def format_guid(value: Guid, layout: str | None) -> str:
    """Guid.ToString(format): N, D, B or P."""
    letter = (layout or "D").upper()
    if letter == "N":
        return value.value.hex
    if letter in ("D", "B", "P"):
        before, after = {"D": ("", ""), "B": ("{", "}"), "P": ("(", ")")}[letter]
        return before + str(value.value) + after
    raise bad_format('Format String can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".')
