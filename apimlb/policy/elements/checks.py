"""Conditions that a request must meet: check-header, ip-filter."""

from ipaddress import ip_address

from apimlb.policy.apim.context import Context
from apimlb.policy.clr.budget import charge_looked_at
from apimlb.policy.document.attributes import BOOLEAN, STRING, TEXT, choice, integer, parsed
from apimlb.policy.document.draft import Draft
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


Address = tuple[int, int]
"""The version of an IP address, and its number."""


def _address(text: str) -> Address:
    address = ip_address(text.strip())
    return address.version, int(address)


ADDRESS = parsed(_address, "an IP address", thrown="System.FormatException")


def ip_filter(draft: Draft) -> Act:
    """Reasons and messages: Microsoft Learn, "Error handling in API Management policies"; a caller whose
    address cannot be read is let through by no filter that allows. What the client sees is "Forbidden".
    The ends of a range are included. A range from one version to the other holds no address."""
    action_of = draft.required("action", choice("allow", "forbid"))
    addresses = draft.texts("address", ADDRESS)
    ranges = [
        (child.required("from", ADDRESS), child.required("to", ADDRESS))
        for child in draft.children("address-range")
    ]
    if not addresses and not ranges:
        raise draft.incomplete("address, address-range")

    def listed(context: Context, caller: Address) -> bool:
        if any(address(context) == caller for address in addresses):
            return True
        bounds = ((low(context), high(context)) for low, high in ranges)
        return any(low <= caller <= high for low, high in bounds if low[0] == high[0])

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
        if allows is listed(context, (caller.version, int(caller))):
            return
        if allows:
            message = f"Caller IP address {caller} is not allowed. Access denied."
            raise _forbidden("CallerIpNotAllowed", message)
        raise _forbidden("CallerIpBlocked", "Caller IP address is blocked. Access denied.")

    return act


def _forbidden(reason: str, message: str) -> PolicyFault:
    return PolicyFault(reason, message, status=403, shown="Forbidden")
