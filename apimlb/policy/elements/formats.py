"""Bytes and texts that elements read and make, each paid for by its size: the one place where an element
looks into a body. What an element does with the parts it pays for by `spend`.

Steps are priced by measurement (benchmarks/policy_costs.py); bytes of memory are sizes, as Python has them or
by the constants here.
"""

import json
from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from apimlb.http import Headers
from apimlb.policy.clr.budget import BUDGET, bounded_length, charge_text, over_request
from apimlb.policy.clr.budget import spend as spend
from apimlb.policy.document.well_formed import DTD_PROHIBITED

_ENCODINGS = {
    "utf-8", "utf-16", "utf-16be", "utf-16le", "us-ascii", "ascii", "koi8-r", "koi8-u",
    "latin1", "l1", "iso8859-1", "iso_8859-1",
    *(f"iso-8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)),
    *(f"windows-125{part}" for part in range(9)),
}  # fmt: skip
"""What a body of XML may declare. Others are several bytes a character, or Python would look for them."""

_LARGEST = 64 * 1024 * 1024
"""Bytes that a replacement may make: as many as a request may bring."""

_LONGEST_HEADER = 128 * 1024
"""Twice what a request may bring in all of its headers."""

_VALUE = 100
"""Bytes of memory that a value of JSON takes, beside its characters."""

_TEXT = 6
"""Steps of any text of JSON."""

_FAULT = 8
"""Steps of finding that a text is no JSON."""


def loaded(content: bytes | str) -> Any:
    """A text of JSON as Python values; raises ValueError or RecursionError for any other text, ClrException
    for one that is too large."""
    BUDGET.spend(_TEXT + (len(content) >> 5))
    commas, lists, objects, members = map(content.count, b",[{:" if isinstance(content, bytes) else ",[{:")  # type: ignore[arg-type]
    values = commas + lists + objects + members
    BUDGET.spend((values >> 2) + (lists + objects >> 2))
    BUDGET.make(len(content) + _VALUE * values)
    try:
        return json.loads(content)
    except ValueError as error:
        BUDGET.spend(_FAULT)
        # Bytes that are no UTF-8 have no place, nor has a number of too many digits.
        place = ""
        if isinstance(error, json.JSONDecodeError):
            place = f" on line {error.lineno}, position {error.colno}"
        raise ValueError(f"Unexpected text{place}") from error
    except RecursionError as error:
        raise RecursionError("Values are nested too deep") from error


def check_xml(content: bytes) -> None:
    """Raises ValueError for a body that is no XML. A document type may declare nothing, as in .NET."""
    BUDGET.spend(len(content) >> 6)
    BUDGET.spend((content.count(b"<") >> 3) + (content.count(b"=") >> 1))

    def doctype(name: str, system: str | None, public: str | None, subset: int) -> None:
        if subset:
            raise ValueError(DTD_PROHIBITED)

    def declaration(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise ValueError(f"System does not support '{encoding}' encoding.")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declaration
    content = content.removeprefix(BOM_UTF8)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        from apimlb.policy.clr.xml.faults import explained  # few bodies are no XML

        what, line, column = explained(content, parser)
        raise ValueError(f"{what} Line {line}, position {column}.") from error


def dumped(value: Any) -> bytes:
    """A value as JSON."""
    return utf8(json_text(value))


def json_text(value: Any) -> str:
    """A value as JSON."""
    made = json.dumps(value, ensure_ascii=False)
    BUDGET.spend(len(made) >> 5)
    charge_text(made)
    return made


def text(content: bytes) -> str:
    """UTF-8 decoded without its byte order mark; U+FFFD replaces bytes that are no UTF-8."""
    made = content.decode("utf-8-sig", "replace")
    charge_text(made)
    return made


def utf8(made: str) -> bytes:
    """A text as UTF-8."""
    content = made.encode("utf-8", "replace")
    BUDGET.spend(len(content) >> 6)
    BUDGET.make(len(content))
    return content


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    """Every `old` replaced by `new`."""
    BUDGET.spend(len(content) >> 6)
    places = content.count(old)
    size = len(content) + places * (len(new) - len(old))
    if size > _LARGEST:
        raise over_request(f"the {_LARGEST} bytes that a body may have")
    BUDGET.spend((places >> 2) + (size >> 8))
    return content.replace(old, new)


def header(headers: Headers, name: str) -> str | None:
    """What stands under a name; all headers are looked through for it."""
    BUDGET.spend(len(headers) >> 4)
    return headers.get(name)


def media_type(content_type: str) -> str:
    """The media type of a Content-Type header, without its parameters and in lower case."""
    return content_type.partition(";")[0].strip().lower()


def bounded_header(length: int) -> None:
    """Pay for a header's value; raises ClrException for one that no server takes."""
    if length > _LONGEST_HEADER:
        raise over_request(f"the {_LONGEST_HEADER} characters that a header may have")
    BUDGET.spend(length >> 6)


def joined(separator: str, pieces: Sequence[str]) -> str:
    """Texts in a row; raises ClrException before they make one that is too long."""
    BUDGET.spend(len(pieces) >> 2)
    bounded_length(sum(map(len, pieces)) + len(separator) * len(pieces))
    made = separator.join(pieces)
    charge_text(made)
    return made
