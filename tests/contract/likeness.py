"""Whether an answer is like a recorded one: the same keys in the same order and the same values.

What is different in every cloud (ids, times, keys) must have the same form, and must be the same or another
wherever the recorded one is the same or another."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ELIDED = "$elided"
# What a recorder writes over what it hides, and the tenant, which is hidden in some recordings only.
_MASKS = {"REDACTED", "user@example.com", "2001-02-03T04:05:06Z", "00000000-0000-0000-0000-000000000000"}
_FORMS = (
    ("a GUID", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    ("32 hexadecimal digits", re.compile(r"[0-9a-f]{32}")),
    ("24 hexadecimal digits", re.compile(r"[0-9a-f]{24}")),
    ("an etag of API Management", re.compile(r'"?[A-Za-z0-9+/]{11}="?')),
    ("an etag of Cognitive Services", re.compile(r'"?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"?')),
    ("an operation's number", re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")),
)
_TIMES = (
    ("a time without fraction", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")),
    ("a time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")),
)
_LOOSE = {"REDACTED": ".+", "user@example.com": ".+", "2001-02-03T04:05:06Z": r"\d{4}-\d\d-\d\dT.*Z"}


@dataclass
class Likeness:
    """Compares one cloud's answers with another's; `twins` are the values that stand for each other."""

    twins: dict[str, str] = field(default_factory=dict)
    _back: dict[str, str] = field(default_factory=dict)

    def differences(self, wanted: Any, found: Any, where: str = "") -> Iterator[str]:
        """What is different, each with its place in the body."""
        if isinstance(wanted, dict) and ELIDED in wanted:
            return
        if isinstance(wanted, dict) and isinstance(found, dict):
            if list(wanted) != list(found):
                yield f"{where or 'body'}: keys {list(found)} instead of {list(wanted)}"
            for name in wanted.keys() & found.keys():
                yield from self.differences(wanted[name], found[name], f"{where}/{name}")
        elif isinstance(wanted, list) and isinstance(found, list):
            yield from self._lists(wanted, found, where)
        elif isinstance(wanted, str) and isinstance(found, str):
            if not self._alike(wanted, found):
                yield f"{where}: {found!r} instead of {wanted!r}"
        elif type(wanted) is not type(found) or wanted != found:
            yield f"{where}: {found!r} instead of {wanted!r}"

    def _lists(self, wanted: list[Any], found: list[Any], where: str) -> Iterator[str]:
        """Item by item; where the recording leaves some out, those that it has must be there."""
        if not any(isinstance(item, dict) and ELIDED in item for item in wanted):
            if len(wanted) != len(found):
                yield f"{where}: {len(found)} items instead of {len(wanted)}"
            for index, (one, other) in enumerate(zip(wanted, found, strict=False)):
                yield from self.differences(one, other, f"{where}[{index}]")
            return
        for item in wanted:
            if ELIDED in item:
                continue
            label = _label(item)
            twin = next((other for other in found if _label(other) == label), None)
            yield from self.differences(item, twin, f"{where}[{label}]")

    def _alike(self, wanted: str, found: str) -> bool:
        """Equal, or both of one form and always in each other's place."""
        if wanted in _LOOSE:
            return re.fullmatch(_LOOSE[wanted], found) is not None
        if wanted == found:
            return True
        if any(form.fullmatch(wanted) and form.fullmatch(found) for _, form in _TIMES):
            return True
        if any(form.fullmatch(wanted) and form.fullmatch(found) for _, form in _FORMS):
            return self.pair(wanted, found)
        return self.translated(wanted) == found

    def pair(self, wanted: str, found: str) -> bool:
        """Take the two for each other from now on; False if one already stands for something else."""
        if {wanted, found} & _MASKS:
            return True
        one, other = wanted.strip('"'), found.strip('"')
        return self.twins.setdefault(one, other) == other and self._back.setdefault(other, one) == one

    def translated(self, text: str) -> str:
        """A recorded text with what is known to have another value here."""
        for wanted, found in self.twins.items():
            text = text.replace(wanted, found)
        return text


def _label(item: dict[str, Any]) -> str:
    """What an item of a list goes by: its name, which may itself have a value and a translation."""
    name = item.get("name")
    return str(name["value"] if isinstance(name, dict) else name)
