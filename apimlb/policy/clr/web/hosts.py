"""Internet addresses as .NET reads and writes them, where they are the host of a URI and by themselves."""

import re

_PART = re.compile(r"(0[xX][0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*)")
"""Of an address of IPv4: hexadecimal, octal or decimal."""

_ZEROS = re.compile(r"\b0(?::0\b)+")


def read_four(text: str) -> bytes:
    """1.2.3.4, and with fewer parts, the last one taking the rest; raises ValueError."""
    found = [_PART.fullmatch(part) for part in text.split(".", 4)]
    numbers = [int(part[0], 16 if part[1] else 8 if part[2] else 10) for part in found if part is not None]
    if len(numbers) < len(found) or len(found) > 4:
        raise ValueError(text)
    *heads, last = numbers
    try:
        return bytes(heads) + last.to_bytes(4 - len(heads), "big")
    except OverflowError:
        raise ValueError(text) from None


def read_six(text: str) -> bytes:
    """An address of IPv6 without its zone; raises ValueError."""
    import ipaddress  # it is slow to load, and hardly a policy needs it

    return ipaddress.IPv6Address(text).packed


def address_text(packed: bytes) -> str:
    """An address of IPv4 or IPv6, by its bytes."""
    if len(packed) == 4:
        return ".".join(map(str, packed))
    words = [int.from_bytes(packed[at : at + 2], "big") for at in range(0, 16, 2)]
    if not _ends_in_four(words):
        return _six_text(words)
    head = _six_text(words[:6])
    return f"{head}{'' if head.endswith(':') else ':'}{address_text(packed[12:])}"


def _ends_in_four(words: list[int]) -> bool:
    """Whether the last four bytes are shown as IPv4: mapped, compatible, translated and ISATAP."""
    if any(words[:4]):
        return words[4] == 0 and words[5] == 0x5EFE
    middle = (words[4], words[5])
    return (words[6] != 0 and middle in ((0, 0), (0, 0xFFFF), (0xFFFF, 0))) or middle == (0, 0x5EFE)


def _six_text(words: list[int]) -> str:
    """Words of an address of IPv6, the longest run of zeros left out."""
    text = ":".join(f"{word:x}" for word in words)
    longest = max(_ZEROS.finditer(text), key=lambda run: len(run[0]), default=None)
    if longest is None:
        return text
    return f"{text[: longest.start()].rstrip(':')}::{text[longest.end() :].lstrip(':')}"
