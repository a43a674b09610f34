"""Conditions that a request must meet: check-header."""

from apimlb.policy.document.attributes import BOOLEAN, STRING, TEXT, integer
from apimlb.policy.document.draft import INBOUND, Draft, Entry
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
        given = context.request.headers.get(name)
        if given is None:
            reason, problem = "HeaderNotFound", f"Header {name} was not found in the request. Access denied."
        else:
            fold = str.lower if ignore_case(context) else str
            if not allowed or fold(given) in {fold(value(context)) for value in allowed}:
                return
            reason = "HeaderValueNotAllowed"
            problem = f"Header {name} value of {given} is not allowed. Access denied."
        raise PolicyFault(reason, problem, status=code(context), shown=message(context))

    return act


TABLE = {"check-header": Entry(INBOUND, check_header)}
