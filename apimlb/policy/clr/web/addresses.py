"""System.Net.IPAddress."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from apimlb.policy.clr import exceptions
from apimlb.policy.clr.catching import tried
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.numbers.arithmetic import Long, Short
from apimlb.policy.clr.types.definitions import Definition
from apimlb.policy.clr.web.hosts import address_text, read_four, read_six

_INVALID = "An invalid IP address was specified."
_FAMILIES = {2: "InterNetwork", 23: "InterNetworkV6"}
_SIX = re.compile(
    r"(?P<open>\[)?(?P<address>[0-9a-fA-F:.]+)(?:%(?:0*+(?P<scope>\d{0,10}+)(?![^\]])|[^/\]]*))?"
    r"(?(open)\](?::(?:0x[0-9a-fA-F]*|\d*))?)\Z",
    re.ASCII,
)
"""In brackets a port may follow, which counts for nothing, as does a zone that is no number."""


@dataclass(unsafe_hash=True)
class IPAddress:
    """System.Net.IPAddress. `scope` is the zone of an address of IPv6; a `fixed` one keeps its zone."""

    clr_name = "System.Net.IPAddress"
    packed: bytes
    scope: int = 0
    fixed: bool = field(default=False, compare=False)

    @property
    def is_six(self) -> bool:
        return len(self.packed) == 16

    def __str__(self) -> str:
        return address_text(self.packed) + (f"%{self.scope}" if self.scope else "")


def _socket_error() -> exceptions.ClrException:
    return exceptions.ClrException("System.Net.Sockets.SocketException", "Operation not supported")


def parse(text: str | None) -> IPAddress:
    """IPAddress.Parse; throws System.FormatException."""
    text = exceptions.required(text, "ipString")
    try:
        if ":" not in text:
            return IPAddress(read_four(text))
        match = _SIX.match(text)
        if match is not None:
            scope = int(match["scope"] or 0)
            return IPAddress(read_six(match["address"]), scope if scope <= 0xFFFFFFFF else 0)
    except ValueError:
        pass
    raise exceptions.bad_format(_INVALID)


def from_bytes(content: bytearray, scope: int | None = None) -> IPAddress:
    if len(content) not in ((4, 16) if scope is None else (16,)):
        raise exceptions.argument(_INVALID, "address")
    return IPAddress(bytes(content), _in_32_bits(scope or 0, "scopeid"))


def _in_32_bits(number: int, name: str) -> int:
    if not 0 <= number <= 0xFFFFFFFF:
        raise exceptions.out_of_range(name)
    return int(number)


def get_scope(address: IPAddress) -> int:
    if not address.is_six:
        raise _socket_error()
    return Long(address.scope)


def set_scope(address: IPAddress, scope: int) -> None:
    if not address.is_six or address.fixed:
        raise _socket_error()
    address.scope = _in_32_bits(scope, "value")


def is_loopback(address: IPAddress) -> bool:
    return address.packed[0] == 127 if not address.is_six else address.packed == b"\0" * 15 + b"\1"


def _begins_with(bits: int) -> Callable[[IPAddress], bool]:
    """Whether an address is one of IPv6 whose first ten bits are these, in a word."""
    return lambda address: address.is_six and int.from_bytes(address.packed[:2], "big") & 0xFFC0 == bits


_MAPPED = b"\0" * 10 + b"\xff\xff"


def _swapped(make: type[int], size: int) -> Callable[[int], int]:
    """HostToNetworkOrder and its inverse: the bytes the other way round."""
    return lambda number: make.from_bytes(number.to_bytes(size, "little", signed=True), "big", signed=True)


_CONSTANTS = {
    "Any": "0.0.0.0", "Loopback": "127.0.0.1", "Broadcast": "255.255.255.255", "None": "255.255.255.255",
    "IPv6Any": "::", "IPv6Loopback": "::1", "IPv6None": "::",
}  # fmt: skip


def _constant(text: str) -> Callable[[], IPAddress]:
    found = parse(text)
    found.fixed = True
    return lambda: found


DEFINITIONS = (
    Definition(
        "System.Net.Sockets.AddressFamily", "enum", nameable=False,
        constants={name: number for number, name in _FAMILIES.items()},
    ),
    Definition(
        "System.Net.IPAddress", "class",
        rows=(
            ("new(long newAddress)",  # in the order of the network
             lambda number: IPAddress(_in_32_bits(number, "newAddress").to_bytes(4, "little"))),
            ("new(byte[]! address[, long scopeid])", from_bytes),
            ("static IPAddress Parse(string ipString)", parse),
            ("static bool TryParse(string ipString, out IPAddress address)", tried(parse, None)),
            ("static bool IsLoopback(IPAddress! address)", is_loopback),
            *((f"static IPAddress {name}", _constant(text)) for name, text in _CONSTANTS.items()),
            *(
                (f"static {keyword} {name}({keyword} number)", _swapped(make, size))
                for keyword, make, size in (("short", Short, 2), ("int", int, 4), ("long", Long, 8))
                for name in ("HostToNetworkOrder", "NetworkToHostOrder")
            ),
            ("byte[] GetAddressBytes()", lambda address: bytearray(address.packed)),
            ("AddressFamily AddressFamily",
             lambda address: Enum(
                 "System.Net.Sockets.AddressFamily", 23 if address.is_six else 2, _FAMILIES)),
            ("long ScopeId", get_scope, set_scope),
            ("IPAddress MapToIPv6()",
             lambda address: address if address.is_six else IPAddress(_MAPPED + address.packed)),
            ("IPAddress MapToIPv4()",
             lambda address: IPAddress(address.packed[12:]) if address.is_six else address),
            ("bool IsIPv4MappedToIPv6",
             lambda address: address.is_six and address.packed.startswith(_MAPPED)),
            ("bool IsIPv6Multicast", lambda address: address.is_six and address.packed[0] == 0xFF),
            ("bool IsIPv6LinkLocal", _begins_with(0xFE80)),
            ("bool IsIPv6SiteLocal", _begins_with(0xFEC0)),
            ("bool IsIPv6Teredo",
             lambda address: address.is_six and address.packed.startswith(b"\x20\1\0\0")),
            ("bool Equals(object comparand)", lambda address, other: address == other),
        ),
    ),
)  # fmt: skip
