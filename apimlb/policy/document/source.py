"""A document's text with its entities decoded, which still knows where everything stood."""

import re
from bisect import bisect_right

# A comment or CDATA section that never ends runs to the end of the text, so that one look at it is enough.
_UNTOUCHED_OR_ENTITY = re.compile(
    r"<!--(?:.*?-->|.*)|<!\[CDATA\[(?:.*?\]\]>|.*)|&(?:(?P<name>quot|apos|lt|gt|amp)|\#(?P<code>\d{1,7}|x[0-9A-Fa-f]{1,6}));",
    re.DOTALL,
)
_ENTITIES = {"quot": '"', "apos": "'", "lt": "<", "gt": ">", "amp": "&"}


class Source:
    """A document with its entities decoded, which still knows where everything stood."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self.escaped: set[int] = set()
        self._starts = [0]
        self._shifts = [0]
        done = length = 0
        for found in _UNTOUCHED_OR_ENTITY.finditer(text):
            char = self._decoded(found)
            if char is None:
                continue
            pieces += (text[done : found.start()], char)
            length += found.start() - done
            self.escaped.add(length)
            length += 1
            done = found.end()
            self._starts.append(length)
            self._shifts.append(done - length)
        self.text = "".join(pieces) + text[done:]
        self._lines = [0] + [at.end() for at in re.finditer("\n", text)]

    @staticmethod
    def _decoded(found: re.Match[str]) -> str | None:
        if found["name"]:
            return _ENTITIES[found["name"]]
        if not found["code"]:
            return None
        digits = found["code"]
        code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
        return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else None

    def position(self, index: int) -> tuple[int, int]:
        """Line and column, from 1, of a decoded index in the text as it was written."""
        offset = index + self._shifts[bisect_right(self._starts, index) - 1]
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def find(self, char: str, start: int) -> int:
        """The next `char` that is markup, not the decoded form of an entity; -1 without one."""
        index = self.text.find(char, start)
        while index >= 0 and index in self.escaped:
            index = self.text.find(char, index + 1)
        return index
