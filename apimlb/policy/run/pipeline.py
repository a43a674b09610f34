"""A policy at work on one request: inbound, backend, outbound, and on-error when something fails.

Microsoft Learn: "Policies in Azure API Management" (sections and their order) and "Error handling in API
Management policies" (LastError, and that an error skips to on-error).
"""

from collections.abc import Awaitable

from apimlb.http import Response
from apimlb.policy.apim.bodies import rest_of
from apimlb.policy.apim.context import ResponseView
from apimlb.policy.clr.budget import BUDGET, FAILURE_ROOM, FAILURE_STEPS
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.run.exchange import Block, Exchange, Policy, Section
from apimlb.policy.run.faults import PolicyFault, last_error
from apimlb.policy.run.steps import Found, Returned, fault_of, run_block
from apimlb.policy.run.turns import paid

_REQUEST_SIDE: tuple[Section, ...] = ("inbound", "backend")


def run(policy: Policy, exchange: Exchange) -> Awaitable[Response]:
    """Answer the exchange's request.

    A response that no policy reads keeps its stream: the caller must read it to the end or close it
    (`apimlb.http.close`), which reaches the backend. Raises only what the services raise beside PolicyFault.
    """
    exchange.policy = policy
    return paid(exchange.context.allowance, _run(exchange))


async def _run(exchange: Exchange) -> Response:
    try:
        try:
            try:
                for name in _REQUEST_SIDE:
                    if (section := _section(exchange, name)) is not None:
                        await section
                for settle in exchange.settlements:
                    await settle(exchange)
            except Found as found:
                exchange.awaited = found.awaited
            if (section := _section(exchange, "outbound")) is not None:
                await section
            for end in exchange.endings:
                end(exchange)
        except PolicyFault as fault:
            await _on_error(exchange, fault)
        except ClrException as error:  # what was owed has cost too much
            await _on_error(exchange, fault_of(error))
        except Returned:
            pass
    except BaseException:
        await exchange.let_go()
        raise
    return _answer(exchange)


PREFLIGHT = frozenset({"cors", "base", "include-fragment"})
"""The elements that see a browser's preflight: cors as a direct child of inbound (its page)."""


def preflight(policy: Policy, exchange: Exchange) -> Awaitable[Response | None]:
    """Answer a browser that asks whether it may call: only cors runs. None for a policy without cors."""
    exchange.policy, exchange.awaited = policy, PREFLIGHT
    return paid(exchange.context.allowance, _preflight(exchange))


async def _preflight(exchange: Exchange) -> Response | None:
    try:
        if (section := _section(exchange, "inbound")) is not None:
            await section
    except PolicyFault as fault:
        await _on_error(exchange, fault)
    except Returned:
        pass
    exchange.awaited = frozenset()
    return None if exchange.context.response is None else _answer(exchange)


async def refuse(policy: Policy, exchange: Exchange, fault: PolicyFault) -> Response:
    """Answer a request that failed before its policies ran (no operation, no key): on-error alone runs."""
    exchange.policy = policy
    fault.section = fault.section or exchange.section
    await paid(exchange.context.allowance, _on_error(exchange, fault))
    return _answer(exchange)


def _section(exchange: Exchange, section: Section) -> Awaitable[None] | None:
    """The run of a section, to be awaited; None where there is nothing to run."""
    exchange.section = section
    if section == "outbound" and exchange.context.response is None:
        exchange.context.response = ResponseView(200)  # nothing was forwarded
    policy = exchange.policy
    block = policy.sections[section]
    if section in policy.readers:
        return _read(block, exchange)
    return run_block(block, exchange) if block else None


async def _read(block: Block, exchange: Exchange) -> None:
    """A section that reads the response's body."""
    await exchange.buffer()
    await run_block(block, exchange)


async def _on_error(exchange: Exchange, fault: PolicyFault) -> None:
    """Make the fault the response, and let on-error change it; a fault in there is the last word."""
    await _show(exchange, fault)
    exchange.awaited = frozenset()
    BUDGET.grant(FAILURE_STEPS, FAILURE_ROOM)
    try:
        if (section := _section(exchange, "on-error")) is not None:
            await section
    except PolicyFault as further:
        await _show(exchange, further)
    except Returned:
        pass


async def _show(exchange: Exchange, fault: PolicyFault) -> None:
    """Make the fault `context.LastError` and, unless it keeps the backend's, `context.Response`."""
    fault.section = fault.section or exchange.section
    exchange.context.last_error = last_error(fault)
    await exchange.fail(fault)


def _answer(exchange: Exchange) -> Response:
    """`context.Response` as it goes to the client; from here on the stream is the client's."""
    view = exchange.context.response or ResponseView(200)
    live, exchange.live = exchange.live, None
    headers = view.headers
    for name, value in exchange.added_headers:
        headers.set(name, value)
    if live is not None:
        return Response(view.status_code, headers, live.body, view.status_reason)
    content = rest_of(view.body)
    # What a HEAD is answered says the length of the body that a GET would have.
    if "Content-Length" in headers and exchange.context.request.method != "HEAD":
        headers.set("Content-Length", str(len(content)))
    return Response(view.status_code, headers, content, view.status_reason)
