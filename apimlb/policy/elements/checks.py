"""Conditions that a request must meet: check-header, ip-filter."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from apimlb.policy.apim.context import Context
from apimlb.policy.clr.budget import charge_looked_at
from apimlb.policy.document.attributes import BOOLEAN, STRING, TEXT, Kind, choice, integer, unexpected
from apimlb.policy.document.draft import Draft, Getter
from apimlb.policy.elements import formats
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault


def check_header(draft: Draft) -> Act:
    name_of = draft.required("name", STRING)
    code = draft.required("failed-check-httpcode", integer(100, 999))
    message = draft.required("failed-check-error-message", STRING)
    ignore_case = draft.required("ignore-case", BOOLEAN)
    allowed = draft.texts("value", TEXT)

    def act(exchange: Exchange) -> None:
        context = exchange.context
        name = name_of(context)
        given = formats.header(context.request.headers, name)
        if given is None:
            reason, problem = "HeaderNotFound", f"Header {name} was not found in the request. Access denied."
        else:
            charge_looked_at(given)
            fold = str.lower if ignore_case(context) else str
            if not allowed or fold(given) in {fold(value(context)) for value in allowed}:
                return
            reason = "HeaderValueNotAllowed"
            problem = f"Header {name} value of {given} is not allowed. Access denied."
        raise PolicyFault(reason, problem, status=code(context), shown=message(context))

    return act


Address = IPv4Address | IPv6Address


def _address(text: str) -> Address:
    try:
        return ip_address(text.strip())
    except ValueError:
        raise unexpected(text, "an IP address") from None


ADDRESS = Kind(
    "string",
    _address,
    lambda given: _address(str(given)),
    frozenset({"System.String"}),
    thrown="System.FormatException",
)


def ip_filter(draft: Draft) -> Act:
    """Reasons and messages: Microsoft Learn, "Error handling in API Management policies"; a caller whose
    address cannot be read is let through by no filter that allows. What the client sees is "Forbidden"."""
    action_of = draft.required("action", choice("allow", "forbid"))
    ranges = [_single(child) for child in draft.children("address")]
    ranges += [_range(child) for child in draft.children("address-range")]
    if not ranges:
        raise draft.incomplete("address, address-range")

    def act(exchange: Exchange) -> None:
        context = exchange.context
        allows = action_of(context) == "allow"
        try:
            caller = ip_address(context.request.ip_address)
        except ValueError:
            if allows:
                message = "Failed to establish IP address for the caller. Access denied."
                raise _forbidden("FailedToParseCallerIP", message) from None
            return
        place = (caller.version, int(caller))
        if allows is any(low <= place <= high for low, high in (bounds(context) for bounds in ranges)):
            return
        if allows:
            message = f"Caller IP address {caller} is not allowed. Access denied."
            raise _forbidden("CallerIpNotAllowed", message)
        raise _forbidden("CallerIpBlocked", "Caller IP address is blocked. Access denied.")

    return act


def _forbidden(reason: str, message: str) -> PolicyFault:
    return PolicyFault(reason, message, status=403, shown="Forbidden")


_Place = tuple[int, int]
"""The version of an address, and its number."""

_NOWHERE = ((1, 0), (0, 0))


def _single(child: Draft) -> Getter[tuple[_Place, _Place]]:
    address = child.content(ADDRESS)

    def bounds(context: Context) -> tuple[_Place, _Place]:
        place = _place(address(context))
        return place, place

    return bounds if child.element.text and child.element.text.is_expression else child.settled(bounds)


def _range(child: Draft) -> Getter[tuple[_Place, _Place]]:
    """From where to where a range goes, ends included. One between two versions holds nothing."""
    low_of, high_of = child.required("from", ADDRESS), child.required("to", ADDRESS)

    def bounds(context: Context) -> tuple[_Place, _Place]:
        low, high = _place(low_of(context)), _place(high_of(context))
        return (low, high) if low[0] == high[0] else _NOWHERE

    return child.settled(bounds, "from", "to")


def _place(address: Address) -> _Place:
    return address.version, int(address)
