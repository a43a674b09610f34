"""Running compiled elements in a row, and what happens when one of them fails."""

from collections.abc import Awaitable

from apimlb.policy.clr.budget import BUDGET, out_of_steps
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException
from apimlb.policy.run.exchange import Block, Exchange, Step
from apimlb.policy.run.faults import PolicyFault

STEP_LIMIT = 20_000
"""Elements that one request may run: far above any real policy, so that nested retries end."""


class Returned(Exception):
    """`<return-response>` ran: the pipeline is over, and `context.Response` is what the client gets."""


class Found(Returned):
    """A cache held the response: the pipeline goes on in outbound, behind the first element with one of the
    tags `store`, which would have put it there."""

    def __init__(self, *store: str) -> None:
        super().__init__()
        self.awaited = frozenset({*store, "base", "choose", "include-fragment", "limit-concurrency", "retry"})


def begun(block: Block, exchange: Exchange) -> Awaitable[None] | None:
    """`run_block` to be awaited; None of a block that holds nothing."""
    return run_block(block, exchange) if block else None


async def run_block(block: Block, exchange: Exchange) -> None:
    """Run every step; raises PolicyFault, placed at the step that failed, and Returned."""
    trace, budget = exchange.trace, BUDGET
    for step in block:
        if exchange.awaited and step.tag not in exchange.awaited:
            continue
        exchange.steps += 1
        if exchange.steps > STEP_LIMIT:
            raise placed(PolicyFault("StepLimitExceeded", f"The policy ran {STEP_LIMIT} elements"), step)
        left = trace(step, exchange) if trace is not None else None
        try:
            budget.left -= step.price
            if budget.left < 0:
                out_of_steps()
            pending = step.act(exchange)
            if pending is not None:
                await pending
        except (PolicyFault, ClrException, Returned) as stop:
            raised = stop if isinstance(stop, Returned) else placed(stop, step)
            if left is not None:
                left(raised.message if isinstance(raised, PolicyFault) else "returned")
            if raised is stop:
                raise
            raise raised from stop
        if left is not None:
            left("")


def placed(problem: PolicyFault | ClrException, step: Step) -> PolicyFault:
    """The fault that a problem in `step` is. A fault that an inner step has already placed stays there."""
    fault = fault_of(problem) if isinstance(problem, ClrException) else problem
    if not fault.path:
        fault.source = fault.source or step.tag
        fault.path = step.path
        fault.scope = step.scope
        fault.policy_id = step.policy_id
    return fault


def fault_of(problem: ClrException) -> PolicyFault:
    """The fault that an exception is which came out of an element: of its expression, but for the request's
    own bound."""
    if problem.type_name == OVER_LIMIT and not problem.line:
        return PolicyFault("StepLimitExceeded", problem.message)
    return failed_expression(problem)


def failed_expression(problem: ClrException, source: str = "") -> PolicyFault:
    """The fault that an expression is which threw."""
    message = f"Expression evaluation failed. {problem.message}"
    return PolicyFault("ExpressionValueEvaluationFailure", message, source=source)
