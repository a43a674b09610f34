"""Bodies in another form: xml-to-json, json-to-xml, jsonp.

Microsoft Learn, API Management policy reference: xml-to-json, json-to-xml, jsonp. The forms are those of
`xml_bodies`. A body that is not what it should be is an error of the policy.
"""

import re
from collections.abc import Callable

from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.document.attributes import BOOLEAN, STRING, choice
from apimlb.policy.document.draft import NOT_BACKEND, OUTBOUND, Draft, Entry
from apimlb.policy.elements import formats
from apimlb.policy.elements.bodies import works_on_request
from apimlb.policy.run.exchange import Act, Exchange
from apimlb.policy.run.faults import PolicyFault

_JSON = "application/json"
_XML = "text/xml"
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*")


Wanted = Callable[[Exchange], bytes | None]
Put = Callable[[Exchange, str], None]


def _converts(draft: Draft, kind: str, made_type: str) -> tuple[Wanted, Put]:
    """Two functions: one finds the body to convert (None where there is nothing to do), one replaces it."""
    apply = draft.required("apply", choice("always", f"content-type-{kind}"))
    considers = draft.attribute("consider-accept-header", BOOLEAN, True)
    on_request = works_on_request(draft)
    if not on_request:
        draft.compilation.reads_response_body()

    def wanted(exchange: Exchange) -> bytes | None:
        context = exchange.context
        view = context.request if on_request else context.response
        if view is None or view.body is None or not view.body.rest:
            return None
        given = (formats.header(view.headers, "Content-Type") or "").lower()
        if apply(context) != "always" and kind not in given:
            return None
        accepted = (formats.header(context.request.headers, "Accept") or "").lower()
        if considers(context) and made_type.rpartition("/")[2] not in accepted:
            return None
        return view.body.content

    def put(exchange: Exchange, made: str) -> None:
        view = exchange.context.request if on_request else exchange.context.response
        assert view is not None
        view.body = MessageBody.made(formats.utf8(made))
        view.headers.set("Content-Type", made_type)

    return wanted, put


def xml_to_json(draft: Draft) -> Act:
    from apimlb.policy.elements import xml_bodies  # few policies need XML

    kind = draft.required("kind", choice("javascript-friendly", "direct"))
    wanted, put = _converts(draft, "xml", _JSON)
    always_lists = draft.attribute("always-array-child-elements", BOOLEAN, False)

    def act(exchange: Exchange) -> None:
        content = wanted(exchange)
        if content is None:
            return
        context = exchange.context
        mark, lists = "@" if kind(context) == "direct" else "", always_lists(context)
        try:
            made = xml_bodies.json_of_xml(content, mark, lists)
        except ClrException as error:
            raise PolicyFault("XmlToJsonFailed", f"The body is no XML. {error.message}") from error
        put(exchange, made)

    return act


def json_to_xml(draft: Draft) -> Act:
    from apimlb.policy.elements import xml_bodies

    wanted, put = _converts(draft, "json", _XML)
    dates = draft.word("parse-date", BOOLEAN, True)
    separator = draft.attribute("namespace-separator", STRING, "_")
    prefix = draft.attribute("namespace-prefix", STRING, "")
    block = draft.attribute("attribute-block-name", STRING, "")

    def act(exchange: Exchange) -> None:
        content = wanted(exchange)
        if content is None:
            return
        context = exchange.context
        shape = xml_bodies.Shape(separator(context), prefix(context), block(context), dates)
        try:
            made = xml_bodies.xml_of_json(content, shape)
        except (ValueError, RecursionError) as error:
            raise PolicyFault("JsonToXmlFailed", f"The body is no JSON. {error}") from error
        except ClrException as error:
            raise PolicyFault("JsonToXmlFailed", error.message) from error
        put(exchange, made)

    return act


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


TABLE = {
    "json-to-xml": Entry(NOT_BACKEND, json_to_xml),
    "jsonp": Entry(OUTBOUND, jsonp),
    "xml-to-json": Entry(NOT_BACKEND, xml_to_json),
}
