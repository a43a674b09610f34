"""Numbers in texts that others wrote: clients, policies, files.

Python's int(), float() and isdigit() take more than any of their grammars: underscores, white space, the
digits of other scripts, and the names of what is no number.
"""

import re
from typing import Final

_DIGITS: Final = re.compile("[0-9]{1,400}")
_INTEGER: Final = re.compile("-?(?:0|[1-9][0-9]{0,399})")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,399})(?:\.[0-9]{1,400})?(?:[eE][+-]?[0-9]{1,9})?")
_SIGNED: Final = re.compile("[+-]?[0-9]{1,400}")
_REAL: Final = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,9})?")
_WHITE: Final = " \t\r\n"


def is_digits(text: str) -> bool:
    """Whether the text is HTTP's 1*DIGIT (RFC 9110, 5.6.2), which int() may be asked about."""
    return _DIGITS.fullmatch(text) is not None


def is_json_integer(text: str) -> bool:
    """Whether the text is a number of JSON (RFC 8259, 6) without fraction and exponent."""
    return _INTEGER.fullmatch(text) is not None


def is_json_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def signed_integer(text: str) -> int:
    """An integer as XML's schemas and .NET read one: a sign, zeros in front and white space around it pass.
    Raises ValueError."""
    plain = text.strip(_WHITE)
    if _SIGNED.fullmatch(plain) is None:
        raise ValueError(text)
    return int(plain)


def real(text: str) -> float:
    """A real number that is finite, in the same manner. Raises ValueError."""
    plain = text.strip(_WHITE)
    if _REAL.fullmatch(plain) is None or float(plain) in (float("inf"), float("-inf")):
        raise ValueError(text)
    return float(plain)
