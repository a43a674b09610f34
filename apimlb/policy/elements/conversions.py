"""Bodies in another form: xml-to-json, json-to-xml, jsonp.

Microsoft Learn, API Management policy reference: xml-to-json, json-to-xml, jsonp. The forms are those of
`xml_bodies`. A body that is not what it should be is an error of the policy.
"""

import re
from collections.abc import Callable

from apimlb.http import last_segment
from apimlb.policy.apim.bodies import MessageBody, content_of
from apimlb.policy.apim.context import Context
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.attributes import BOOLEAN, STRING, choice
from apimlb.policy.document.draft import Draft
from apimlb.policy.elements import formats
from apimlb.policy.elements.bodies import Message, message_with_body, on_message
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*")


def _conversion(draft: Draft, kind: str, made_type: str, convert: Callable[[Context, bytes], str]) -> Act:
    """An act that replaces a body of a kind by what `convert` makes of it, where the policy applies."""
    apply = draft.required("apply", choice("always", f"content-type-{kind}"))
    considers = draft.attribute("consider-accept-header", BOOLEAN, True)

    def edit(exchange: Exchange, view: Message) -> None:
        context = exchange.context
        given = (formats.header(view.headers, "Content-Type") or "").lower()
        if apply(context) != "always" and kind not in given:
            return
        accepted = (formats.header(context.request.headers, "Accept") or "").lower()
        if considers(context) and last_segment(made_type) not in accepted:
            return
        view.body = MessageBody.made(formats.utf8(convert(context, content_of(view.body))))
        view.headers.set("Content-Type", made_type)

    return on_message(message_with_body(draft), edit)


def xml_to_json(draft: Draft) -> Act:
    from apimlb.policy.elements import xml_bodies  # few policies need XML

    kind = draft.required("kind", choice("javascript-friendly", "direct"))
    always_lists = draft.attribute("always-array-child-elements", BOOLEAN, False)

    def convert(context: Context, content: bytes) -> str:
        mark, lists = "@" if kind(context) == "direct" else "", always_lists(context)
        try:
            return xml_bodies.json_of_xml(content, mark, lists)
        except ClrException as error:
            raise PolicyFault("XmlToJsonFailed", f"The body is no XML. {error.message}") from error

    return _conversion(draft, "xml", "application/json", convert)


def json_to_xml(draft: Draft) -> Act:
    from apimlb.policy.elements import xml_bodies

    dates = draft.word("parse-date", BOOLEAN, True)
    separator = draft.attribute("namespace-separator", STRING, "_")
    prefix = draft.attribute("namespace-prefix", STRING, "")
    block = draft.attribute("attribute-block-name", STRING, "")

    def convert(context: Context, content: bytes) -> str:
        writer = xml_bodies.XmlWriter(separator(context), prefix(context), block(context) or None, dates)
        try:
            return writer.written(content)
        except ValueError as error:
            raise PolicyFault("JsonToXmlFailed", f"The body is no JSON. {error}.") from error
        except RecursionError as error:
            raise PolicyFault("JsonToXmlFailed", "The body is nested too deep.") from error
        except ClrException as error:
            raise PolicyFault("JsonToXmlFailed", error.message) from error

    return _conversion(draft, "json", "text/xml", convert)


def jsonp(draft: Draft) -> Act:
    """Without the parameter the answer stays unchanged (the page)."""
    parameter = draft.required("callback-parameter-name", STRING)
    draft.compilation.reads_response_body()

    def act(exchange: Exchange) -> None:
        context = exchange.context
        name, response = parameter(context), context.response
        given = context.request.original_url.query.get(name)
        if not given or response is None or response.body is None or response.body.consumed:
            return
        if not _IDENTIFIER.fullmatch(given[0]):
            message = f"Callback parameter {name} value is not a valid JavaScript identifier."
            raise PolicyFault("CallbackParameterInvalid", message, status=400)
        content = given[0].encode() + b"(" + response.body.content + b");"
        response.body = MessageBody.made(content)
        response.headers.set("Content-Type", "application/javascript")

    return act
