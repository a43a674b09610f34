"""The tolerant JSON reader: comments, single quotes, bare names, trailing commas; else Newtonsoft.Json's
errors."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from apimlb.policy.clr.budget import BUDGET, MAX_DEPTH
from apimlb.policy.clr.exceptions import ClrException, argument
from apimlb.policy.clr.json.scalars import MAX_DIGITS, object_of, token_of
from apimlb.policy.clr.json.tokens import JConstructor, JToken, JValue
from apimlb.policy.clr.json.tree import path_text

_SPACE = re.compile(r"(?:[^\S\x1c-\x1f]|\0)+")
_COMMENT = re.compile(r"/\*(.*?)\*/|//(?!\Z)([^\r\n]*)", re.DOTALL)
_NUMBER = re.compile(r"[-+.0-9][-+.0-9a-fA-FxXeE]*")
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_UNSIGNED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[0-7]+)\Z")
_NAME = re.compile(r"[\w$]+")
_NEW = re.compile(r"new\s+(\w+)\s*\(")
_BREAKS = re.compile(r"[\s,\[\]{}:/()]")
_BEHIND_NUMBER = re.compile(r"[\s\0,\]}/)]")
_PLAIN = re.compile(r"[^\\\\\"']+")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "\\": "\\", '"': '"', "'": "'", "/": "/"}
_WORDS: dict[str, tuple[str, object]] = {
    "t": ("true", True), "f": ("false", False), "nu": ("null", None),
    "N": ("NaN", float("nan")), "I": ("Infinity", float("inf")), "-": ("-Infinity", float("-inf")),
}  # fmt: skip
"""Words with their values, by how they begin."""


class TolerantReader:
    """Reads one document. `wanted` is JToken, or the JObject or JArray that it must hold."""

    token_of: Callable[[Any], JToken] = staticmethod(token_of)
    object_of: Callable[[Sequence[tuple[str, object]]], object] = staticmethod(object_of)
    undefined = "Undefined"
    keeps_comments = False

    def __init__(self, text: str, wanted: str = "JToken") -> None:
        self._text = text
        self._wanted = wanted
        self._at = 0
        self._path: list[str | int] = []
        self._begun = False

    def read(self) -> JToken:
        found = self.token_of(self.value())
        self.end()
        return found

    def value(self) -> object:
        """The document's value; what follows it is not looked at yet."""
        comments = self._skip()
        if comments and self._wanted == "JToken":
            if self._here:
                self._value()
            return JValue(comments[0], "Comment")
        if not self._here:
            self._fail(f"Error reading {self._wanted} from JsonReader.")
        wanted = {"JObject": "{", "JArray": "["}.get(self._wanted)
        return self._value() if wanted in (None, self._here) else self._refuse_start()

    def end(self) -> None:
        """Refuse what follows the value, except space and comments."""
        self._skip()
        if self._here:
            self._fail(f"Additional text encountered after finished reading JSON content: {self._here}.")

    def _refuse_start(self) -> NoReturn:
        """Refuse the value that begins here: it is not of the kind that is wanted."""
        if self._here in "[{":
            name = "StartArray" if self._here == "[" else "StartObject"
            self._at += 1
        else:
            name = self.token_of(self._value()).type_name
        article = "an object" if self._wanted == "JObject" else "an array"
        self._fail(
            f"Error reading {self._wanted} from JsonReader. Current JsonReader item is not {article}: {name}."
        )

    def _fail(self, what: str, here: int | None = None) -> NoReturn:
        at = self._at if here is None else here
        before = self._text[:at]
        line = before.count("\n") + 1 if before else 0
        column = len(before) - (before.rfind("\n") + 1)
        steps = self._path
        if self._begun and steps and isinstance(steps[-1], int):  # an element counts from its end
            steps = [*steps[:-1], steps[-1] - 1] if steps[-1] else steps[:-1]
        raise ClrException(
            "Newtonsoft.Json.JsonReaderException",
            f"{what} Path '{path_text(steps)}', line {line}, position {column}.",
        )

    @property
    def _here(self) -> str:
        """The character that comes next; empty at the end."""
        return self._text[self._at : self._at + 1]

    def _take(self, form: re.Pattern[str]) -> str:
        """Go behind what has a form here; empty where nothing has."""
        match = form.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _skip(self) -> list[str]:
        """Go on to what is neither space nor comment; the comments."""
        comments: list[str] = []
        while True:
            self._take(_SPACE)
            match = _COMMENT.match(self._text, self._at)
            if match is None:
                return comments
            BUDGET.spend()
            self._at = match.end()
            comments.append(match[1] if match[1] is not None else match[2])

    def _may_end(self, members: Sequence[object]) -> bool:
        """Whether the text may end before what is open here, with those items or members, is closed."""
        return False

    def _value(self) -> object:
        BUDGET.spend(4)
        if len(self._path) > MAX_DEPTH:
            self._fail(f"The reader's MaxDepth of {MAX_DEPTH} has been exceeded.")
        char = self._here
        if char == "":
            self._ended()
        if char in "{[":
            self._at += 1
            if char == "[":
                return self._all("]", self._element)
            return self.object_of(self._all("}", self._member))
        self._begun = True
        found = self._scalar(char)
        self._begun = False
        return found

    def _scalar(self, char: str) -> object:
        text = self._text
        if char in "\"'":
            return self._string(char)
        if char in "-+.0123456789" and not text.startswith("-I", self._at):
            return self._number()
        if char in ",u":
            if char == "u":
                self._match("undefined")
            return JValue(None, self.undefined)
        found = _WORDS.get("nu" if text.startswith("nu", self._at) else char)
        if found is not None:
            word, value = found
            self._match(word)
            return self._number_value(word, value) if type(value) is float else value
        new = _NEW.match(text, self._at)
        if new is not None:
            self._begun = False
            self._at = new.end()
            return self._constructor(new[1])
        if text[self._at :] in ("n", "ne"):
            self._fail("Unexpected end when reading JSON.", len(text))
        if text[self._at :] == "new":
            self._fail("Unexpected end while parsing constructor.", len(text))
        self._fail(f"Unexpected character encountered while parsing value: {char}.")

    def _match(self, word: str) -> None:
        """Go behind a word that has begun."""
        text, end = self._text, self._at + len(word)
        if end > len(text):
            self._fail("Unexpected end when reading JSON.", len(text))
        alike = next((n for n, char in enumerate(word) if text[self._at + n] != char), len(word))
        if alike < len(word) or (end < len(text) and not _BREAKS.match(text, end)):
            what = "boolean" if word in ("true", "false") else word
            self._fail(f"Error parsing {what} value.", self._at + alike)
        self._at = end

    def _constructor(self, name: str) -> JToken:
        made = JConstructor(name)
        for item in self._all(")", self._element):
            made.add(self.token_of(item))
        return made

    def _ended_after_value(self) -> None:
        self._ended(inside=True)

    def _ended(self, inside: bool = False, last: Sequence[str] = ()) -> NoReturn:
        """The text ends `inside` of what is open, or where an element or a member's value would begin. `last`
        is the name of the member before."""
        self._path += last
        plain = self._text.lstrip()
        wanted = {"{": "JObject", "[": "JArray"}.get(plain[:1], self._wanted)
        self._begun = not inside
        if len(plain.rstrip()) == 1 or (not self._path and not inside):
            self._fail(f"Error reading {wanted} from JsonReader.")
        self._fail(f"Unexpected end of content while loading {wanted}.")

    def _all(self, closing: str, read: Callable[[list[Any]], object]) -> list[Any]:
        """What is read between commas, up to what closes it, which is passed."""
        found: list[Any] = []
        while True:
            self._pass_comments(found, closing)
            if self._here == closing or (not self._here and self._may_end(found)):
                self._at += len(self._here)
                return found
            found.append(read(found))
            self._pass_comments(found, closing)
            if self._here == ",":
                self._at += 1
            elif not self._here:
                self._ended_after_value()
            elif self._here != closing:
                self._fail(f"After parsing a value an unexpected character was encountered: {self._here}.")
            self._path.pop()

    def _pass_comments(self, found: list[Any], closing: str) -> None:
        comments = self._skip()
        if self.keeps_comments and closing != "}":
            found += [JValue(comment, "Comment") for comment in comments]

    def _element(self, before: list[object]) -> object:
        self._path.append(len(before))
        if not self._here:
            self._ended()
        return self._value()

    def _member(self, before: list[tuple[str, object]]) -> tuple[str, object]:
        if not self._here:
            self._ended(inside=True, last=[name for name, _ in before[-1:]])
        name = self._member_name(self._here)
        self._path.append(name)
        if self._skip() and self.keeps_comments:
            raise argument("Can not add Newtonsoft.Json.Linq.JValue to Newtonsoft.Json.Linq.JObject.")
        return name, self._value()

    def _member_name(self, char: str) -> str:
        """A name and the colon after it."""
        name = self._string(char) if char in "\"'" else self._bare_name(char)
        self._take(_SPACE)
        if self._here != ":":
            found = self._here or "\0"
            self._fail(f"Invalid character after parsing property name. Expected ':' but got: {found}.")
        self._at += 1
        return name

    def _bare_name(self, char: str) -> str:
        name = self._take(_NAME)
        if not name:
            self._fail(f"Invalid property identifier character: {char}.")
        if not self._here:
            self._fail("Unexpected end while parsing unquoted property name.")
        if self._here != ":" and not _SPACE.match(self._here):
            self._fail(f"Invalid JavaScript property identifier character: {self._here}.")
        return name

    def _string(self, quote: str) -> str:
        self._at += 1
        pieces: list[str] = []
        while True:
            BUDGET.spend()
            pieces.append(self._take(_PLAIN))
            char = self._here
            if char == "":
                self._fail(f"Unterminated string. Expected delimiter: {quote}.")
            self._at += 1
            if char == quote:
                return "".join(pieces)
            pieces.append(self._escape() if char == "\\" else char)

    def _escape(self) -> str:
        char = self._here
        self._at += 1
        if char == "u":
            digits = self._text[self._at : self._at + 4]
            if len(self._text) - self._at <= 4:
                self._fail("Unexpected end while parsing Unicode escape sequence.")
            if not re.fullmatch("[0-9a-fA-F]{4}", digits):
                self._fail(f"Invalid Unicode escape sequence: \\u{digits}.")
            self._at += 4
            return chr(int(digits, 16))
        if char not in _ESCAPES:
            self._fail(f"Bad JSON escape sequence: \\{char}.")
        return _ESCAPES[char]

    def _number(self) -> object:
        text = self._take(_NUMBER)
        if self._here and not _BEHIND_NUMBER.match(self._here):
            self._fail(f"Unexpected character encountered while parsing number: {self._here}.")
        if re.match(r"0[^.eE]", text):  # hexadecimal or octal, the bits of an Int64
            bits = int(text, 16 if text[1] in "xX" else 8) if _UNSIGNED.match(text) else 2**64
            if bits < 2**64:
                return self._number_value(text, bits - (bits >> 63 << 64))
        elif re.fullmatch(r"-?[0-9]+", text):
            if len(text) > MAX_DIGITS:
                self._begun = False
                self._fail(f"JSON integer {text} is too large to parse.")
            return self._number_value(text, int(text))
        elif _DECIMAL.match(text):
            return self._number_value(text, float(text))
        self._fail(f"Input string '{text}' is not a valid number.")

    def _number_value(self, text: str, value: int | float) -> object:
        return value
