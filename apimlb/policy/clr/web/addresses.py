"""System.Net.IPAddress."""

import ipaddress
import re
from collections.abc import Callable

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.numbers.arithmetic import INTEGERS, Long
from apimlb.policy.clr.types.definitions import Definition

_INVALID = "An invalid IP address was specified."
_FAMILY = {"InterNetwork": 2, "InterNetworkV6": 23}
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+)|(0[0-7]*)|([1-9]\d*)\Z", re.ASCII)
_SIX = re.compile(
    r"(?P<open>\[)?(?P<address>[0-9a-fA-F:.]+)(?:%(?P<scope>\d{1,10}))?(?(open)\](?::\d+)?)\Z", re.ASCII
)


class IPAddress:
    """System.Net.IPAddress. `scope` is the zone of an address of IPv6; a `fixed` one keeps its zone."""

    clr_name = "System.Net.IPAddress"

    def __init__(self, packed: bytes, scope: int = 0, fixed: bool = False) -> None:
        self.packed = packed
        self.scope = scope
        self.fixed = fixed

    @property
    def is_six(self) -> bool:
        return len(self.packed) == 16

    @property
    def words(self) -> list[int]:
        return [int.from_bytes(self.packed[at : at + 2], "big") for at in range(0, len(self.packed), 2)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IPAddress) and (self.packed, self.scope) == (other.packed, other.scope)

    def __hash__(self) -> int:
        return hash((self.packed, self.scope))

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if not self.is_six:
            return ".".join(map(str, self.packed))
        zone = f"%{self.scope}" if self.scope else ""
        if not self._ends_in_four():
            return _six_text(self.words) + zone
        head = _six_text(self.words[:6])
        return f"{head}{'' if head.endswith(':') else ':'}{IPAddress(self.packed[12:])}{zone}"

    def _ends_in_four(self) -> bool:
        """Whether the last four bytes are shown as IPv4: mapped, compatible, translated and ISATAP."""
        words = self.words
        if any(words[:4]):
            return words[4] == 0 and words[5] == 0x5EFE
        middle = (words[4], words[5])
        return (words[6] != 0 and middle in ((0, 0), (0, 0xFFFF), (0xFFFF, 0))) or middle == (0, 0x5EFE)


def _six_text(words: list[int]) -> str:
    """Words of an address of IPv6, the longest run of zeros left out."""
    runs = [
        (end - start, -start)
        for start in range(len(words))
        for end in range(start + 2, len(words) + 1)
        if not any(words[start:end])
    ]
    texts = [f"{word:x}" for word in words]
    if not runs:
        return ":".join(texts)
    length, start = max(runs)
    return f"{':'.join(texts[:-start])}::{':'.join(texts[length - start :])}"


def _socket_error() -> exceptions.ClrException:
    return exceptions.ClrException("System.Net.Sockets.SocketException", "Operation not supported")


def _number(text: str) -> int:
    """A part of an address of IPv4: decimal, octal or hexadecimal; raises ValueError."""
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > 16:
        raise ValueError(text)
    return int(text, 16) if match[1] else int(text, 8 if match[2] else 10)


def _four(text: str) -> bytes:
    """1.2.3.4, and with fewer parts, the last one taking the rest; raises ValueError."""
    parts = list(map(_number, text.split(".", 4)))
    *heads, last = parts
    if len(parts) > 4 or any(head > 0xFF for head in heads):
        raise ValueError(text)
    try:
        return bytes(heads) + last.to_bytes(4 - len(heads), "big")
    except OverflowError:
        raise ValueError(text) from None


def _parsed(text: str) -> IPAddress:
    if ":" not in text:
        return IPAddress(_four(text))
    match = _SIX.match(text)
    if match is None or int(match["scope"] or 0) > 0xFFFFFFFF:
        raise ValueError(text)
    return IPAddress(ipaddress.IPv6Address(match["address"]).packed, int(match["scope"] or 0))


def parse(text: str | None) -> IPAddress:
    """IPAddress.Parse; throws System.FormatException."""
    text = exceptions.required(text, "ipString")
    try:
        return _parsed(text)
    except ValueError:
        raise exceptions.bad_format(_INVALID) from None


def try_parse(text: str | None) -> tuple[bool, IPAddress | None]:
    try:
        return (False, None) if text is None else (True, _parsed(text))
    except ValueError:
        return False, None


def from_number(number: int) -> IPAddress:
    """new IPAddress(long): in the order of the network"""
    if not 0 <= number <= 0xFFFFFFFF:
        raise exceptions.out_of_range("newAddress")
    return IPAddress(int(number).to_bytes(4, "little"))


def from_bytes(content: bytearray | None) -> IPAddress:
    content = exceptions.required(content, "address")
    if len(content) not in (4, 16):
        raise exceptions.argument(_INVALID, "address")
    return IPAddress(bytes(content))


def from_bytes_scoped(content: bytearray, scope: int) -> IPAddress:
    if len(content) != 16:
        raise exceptions.argument(_INVALID, "address")
    return IPAddress(bytes(content), _checked_scope(scope, "scopeid"))


def _checked_scope(scope: int, name: str) -> int:
    if not 0 <= scope <= 0xFFFFFFFF:
        raise exceptions.out_of_range(name)
    return int(scope)


def get_scope(address: IPAddress) -> int:
    if not address.is_six:
        raise _socket_error()
    return Long(address.scope)


def set_scope(address: IPAddress, scope: int) -> None:
    if not address.is_six or address.fixed:
        raise _socket_error()
    address.scope = _checked_scope(scope, "value")


def is_loopback(address: IPAddress | None) -> bool:
    address = exceptions.required(address, "address")
    return address.packed[0] == 127 if not address.is_six else address.packed == b"\0" * 15 + b"\1"


def address_family(address: IPAddress) -> Enum:
    number = 23 if address.is_six else 2
    return Enum("System.Net.Sockets.AddressFamily", number, {value: name for name, value in _FAMILY.items()})


_MAPPED = b"\0" * 10 + b"\xff\xff"


def _swapped(name: str, size: int) -> Callable[[int], int]:
    """HostToNetworkOrder and its inverse: the bytes the other way round."""

    def swapped(number: int) -> int:
        content = int(number).to_bytes(size, "little", signed=True)
        return INTEGERS[name][2](int.from_bytes(content, "big", signed=True))

    return swapped


_CONSTANTS = {
    "Any": "0.0.0.0", "Loopback": "127.0.0.1", "Broadcast": "255.255.255.255", "None": "255.255.255.255",
    "IPv6Any": "::", "IPv6Loopback": "::1", "IPv6None": "::",
}  # fmt: skip


def _constant(text: str) -> Callable[[], IPAddress]:
    found = _parsed(text)
    found.fixed = True
    return lambda: found


DEFINITIONS = (
    Definition("System.Net.Sockets.AddressFamily", "enum", constants=_FAMILY, nameable=False),
    Definition(
        "System.Net.IPAddress", "class",
        rows=(
            ("new(long newAddress)", from_number),
            ("new(byte[] address)", from_bytes),
            ("new(byte[]! address, long scopeid)", from_bytes_scoped),
            ("static IPAddress Parse(string ipString)", parse),
            ("static bool TryParse(string ipString, out IPAddress address)", try_parse),
            ("static bool IsLoopback(IPAddress address)", is_loopback),
            *((f"static IPAddress {name}", _constant(text)) for name, text in _CONSTANTS.items()),
            *(
                (f"static {keyword} {name}({keyword} number)", _swapped(clr, size))
                for keyword, clr, size in (("short", "Int16", 2), ("int", "Int32", 4), ("long", "Int64", 8))
                for name in ("HostToNetworkOrder", "NetworkToHostOrder")
            ),
            ("byte[] GetAddressBytes()", lambda address: bytearray(address.packed)),
            ("AddressFamily AddressFamily", address_family),
            ("long ScopeId", get_scope, set_scope),
            ("IPAddress MapToIPv6()",
             lambda address: address if address.is_six else IPAddress(_MAPPED + address.packed)),
            ("IPAddress MapToIPv4()",
             lambda address: IPAddress(address.packed[12:]) if address.is_six else address),
            ("bool IsIPv4MappedToIPv6",
             lambda address: address.is_six and address.packed.startswith(_MAPPED)),
            ("bool IsIPv6Multicast", lambda address: address.is_six and address.packed[0] == 0xFF),
            ("bool IsIPv6LinkLocal",
             lambda address: address.is_six and address.words[0] & 0xFFC0 == 0xFE80),
            ("bool IsIPv6SiteLocal",
             lambda address: address.is_six and address.words[0] & 0xFFC0 == 0xFEC0),
            ("bool IsIPv6Teredo", lambda address: address.is_six and address.words[:2] == [0x2001, 0]),
            ("bool Equals(object comparand)", lambda address, other: address == other),
        ),
    ),
)  # fmt: skip
