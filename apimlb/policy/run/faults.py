"""A request that fails: what it says of itself, and the response that API Management makes of it."""

import json
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from apimlb.http import Headers
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, LastError, ResponseView


@dataclass(eq=False)
class PolicyFault(Exception):
    """A request that goes to on-error: what `context.LastError` will say, and the answer made of it.

    `message` is LastError.Message; `shown` is the text in the default JSON body where that differs (a 500
    always shows "Internal server error"). With `keeps_response` the client gets what the backend answered.
    `source` empty stands for the element that was running. The runtime fills in `scope`, `section`, `path`
    and `policy_id` for a fault that rises out of an element.
    """

    reason: str
    message: str
    _: KW_ONLY
    source: str = ""
    status: int = 500
    status_reason: str = ""
    shown: str = ""
    headers: Sequence[tuple[str, str]] = ()
    keeps_response: bool = False
    scope: str = ""
    section: str = ""
    path: str = ""
    policy_id: str = ""

    def __post_init__(self) -> None:
        super().__init__(self.message)
        self.shown = self.shown or self.message


def default_response(fault: PolicyFault, context: Context) -> ResponseView:
    """What the client gets for `fault`: status, headers and JSON body."""
    fields = [f'"statusCode": {fault.status}']
    if fault.status == 500:
        fields += ['"message": "Internal server error"', f'"activityId": "{context.request_id}"']
    else:
        fields.append(f'"message": {json.dumps(fault.shown, ensure_ascii=False)}')
    headers = Headers([("Content-Type", "application/json"), *fault.headers])
    body = MessageBody(f"{{ {', '.join(fields)} }}".encode())
    return ResponseView(fault.status, fault.status_reason, headers, body)


def last_error(fault: PolicyFault) -> LastError:
    """`context.LastError` of a fault that the runtime has placed."""
    return LastError(
        source=fault.source,
        reason=fault.reason,
        message=fault.message,
        scope=fault.scope,
        section=fault.section,
        path=fault.path,
        policy_id=fault.policy_id or None,
    )
