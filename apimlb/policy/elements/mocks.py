"""mock-response: an answer out of the API's definition, without a backend (Microsoft Learn, API Management
policy reference: mock-response). Examples of the operation's responses are used; samples are not made up from
schemas, so that a response without example has no content.
"""

from apimlb.http import Headers
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Example, ResponseView
from apimlb.policy.document.attributes import STRING, integer
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.steps import Returned


def mock_response(draft: Draft) -> Act:
    draft.lacks("index")
    status = draft.word("status-code", integer(100, 999), 200)
    content_type = draft.word("content-type", STRING, "")
    media_type = formats.media_type(content_type)

    def fits(example: Example) -> bool:
        return example.status == status and media_type in ("", formats.media_type(example.content_type))

    async def act(exchange: Exchange) -> None:
        context = exchange.context
        examples = () if context.operation is None else context.operation.examples
        example = next(filter(fits, examples), None)
        shown = content_type or (example.content_type if example else "")
        body = example.body.encode() if example else b""
        headers = Headers([("Content-Type", shown)] if shown else [])
        await exchange.let_go()
        context.response = ResponseView(status, headers=headers, body=MessageBody(body))
        raise Returned

    return act
