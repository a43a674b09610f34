"""The response that API Management makes of a fault when no policy makes another.

Bodies and their inner spaces as clients of Azure report them (the missing-key body is 152 bytes long).
"""

import json

from apimlb.http import Headers, reason_phrase
from apimlb.policy.apim.context import Context, LastError, MessageBody, ResponseView
from apimlb.policy.run.exchange import PolicyFault


def default_response(fault: PolicyFault, context: Context) -> ResponseView:
    """What the client gets for `fault`: status, headers and JSON body."""
    fields = [f'"statusCode": {fault.status}']
    if fault.status == 500:
        fields += ['"message": "Internal server error"', f'"activityId": "{context.request_id}"']
    else:
        fields.append(f'"message": {json.dumps(fault.shown, ensure_ascii=False)}')
    headers = Headers([("Content-Type", "application/json"), *fault.headers])
    body = MessageBody(f"{{ {', '.join(fields)} }}".encode())
    return ResponseView(fault.status, fault.status_reason or reason_phrase(fault.status), headers, body)


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
