"""What a template sees: the body, bound by its content type, and the context.

JSON is bound where the content type says JSON, XML where it says XML; any other body is text. An element is
found by its local name, also in another case (the templates that API Management makes of a WSDL write
`body.envelope` for `Envelope`); one that stands there several times is a list of all. Attributes stand beside
the child elements.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from apimlb.policy.apim.context import Context, Url
from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException, over_limit
from apimlb.policy.clr.json.scalars import string_token
from apimlb.policy.clr.json.tokens import JArray, JObject
from apimlb.policy.clr.objects.text import to_clr_string
from apimlb.policy.clr.utf16 import leave
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import XName
from apimlb.policy.clr.xml.reader import parse_element
from apimlb.policy.elements import formats
from apimlb.policy.elements.liquid.weights import BodyElement, BodyList, Hash

_JSON = re.compile(r"[/+]json\s*(;|$)", re.IGNORECASE)
_XML = re.compile(r"[/+]xml\s*(;|$)", re.IGNORECASE)
_VALUE = 1
"""Steps of binding a value of JSON that has been read."""

_ELEMENT = 5
"""Steps of binding an element that has been read."""

_NIL = XName("http://www.w3.org/2001/XMLSchema-instance", "nil")


def body(content: bytes, content_type: str, *, parses_dates: bool, nil: str | None) -> object:
    """The bound body; a body that does not parse is an empty one. An element with xsi:nil becomes `nil`.

    Raises ClrException for a body that is more than may be read.
    """
    text = formats.text(content)
    try:
        if _JSON.search(content_type):
            return _bound_text(text, parses_dates)
        if _XML.search(content_type):
            root = parse_element(text)
            return Hash({root.name.local: _element(root, nil)})
    except (ValueError, ClrException) as error:
        if isinstance(error, ClrException) and error.type_name == OVER_LIMIT:
            raise
        return ""
    return text


def _bound_text(text: str, parses_dates: bool) -> object:
    """A text of JSON, bound; raises ValueError for any other text, ClrException for one that is too large."""
    try:
        return _bound(formats.loaded(text), parses_dates)
    except RecursionError as error:
        raise over_limit("the depth that a body may have") from error


def _bound(value: Any, parses_dates: bool) -> object:
    """JSON as a template sees it: what is a date to Newtonsoft.Json is written as .NET writes dates."""
    BUDGET.spend(_VALUE)
    if isinstance(value, dict):
        return Hash({name: _bound(each, parses_dates) for name, each in value.items()})
    if isinstance(value, list):
        return BodyList([_bound(each, parses_dates) for each in value])
    if isinstance(value, str):
        token = string_token(value) if parses_dates else None
        return value if token is None or token.type_name != "Date" else to_clr_string(token.value)
    return _ClrFloat(value) if isinstance(value, float) else value


class _ClrFloat(float):
    """A number that is written as .NET writes it."""

    def __str__(self) -> str:
        return to_clr_string(float(self))


def _element(element: nodes.XElement, nil: str | None) -> object:
    BUDGET.spend(_ELEMENT)
    if any(each.name == _NIL and each.value == "true" for each in element.attributes):
        return nil
    children: dict[str, list[object]] = {}
    for child in element.elements():
        children.setdefault(child.name.local, []).append(_element(child, nil))
    if not children:
        return element.value
    attributes = {each.name.local: each.value for each in element.attributes if not each.declares}
    single = {name: found[0] if len(found) == 1 else BodyList(found) for name, found in children.items()}
    return BodyElement({**attributes, **single})


def context(given: Context) -> Mapping[str, object]:
    """The members of `context` that the page lists, and the variables, which public templates read."""
    request, response = given.request, given.response
    seen: dict[str, object] = {
        "Request": Hash(
            Url=_url(request.url),
            Method=request.method,
            OriginalMethod=request.method,
            OriginalUrl=_url(request.original_url),
            IpAddress=request.ip_address,
            MatchedParameters=Hash(request.matched_parameters),
            HasBody=request.body is not None,
            Headers=_joined(request.headers.grouped()),
        ),
        "Variables": Hash({name: _variable(value) for name, value in given.variables.items()}),
    }
    if response is not None:
        seen["Response"] = Hash(
            StatusCode=response.status_code,
            Method=request.method,
            Headers=_joined(response.headers.grouped()),
        )
    return Hash(seen)


def _variable(value: object) -> object:
    """A variable's value; JSON is bound as a body is, anything else is its text."""
    BUDGET.spend(2)
    if value is None or type(value) in (bool, int, str):
        return value
    text = leave(to_clr_string(value))
    if isinstance(value, JObject | JArray):
        return _bound_text(text, parses_dates=True)
    return _ClrFloat(value) if isinstance(value, float) else text


def _url(url: Url) -> Hash:
    return Hash(
        Scheme=url.scheme,
        Host=url.host,
        Port=url.port,
        Path=url.path,
        Query=_joined(url.query.items()),
        QueryString=url.query_string,
        ToString=str(url),
        ToUri=str(url),
    )


def _joined(fields: Collection[tuple[str, list[str]]]) -> Hash:
    """Headers or fields of a query, the values of one joined by commas."""
    BUDGET.spend(sum(len(values) for _, values in fields))
    return Hash({name: ",".join(values) for name, values in fields})
