"""XML as Newtonsoft.Json writes it: elements as objects, attributes under `@name`, text under `#text`.

What Newtonsoft.Json's own namespace names begins with `$`; its attribute Array makes a list of one element.
Source: Newtonsoft.Json 10, XmlNodeConverter, confirmed by running it.
"""

from collections.abc import Iterable

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.scalars import array_of
from apimlb.policy.clr.json.tokens import JObject, JToken, deeper, null, string_value
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import XML, XMLNS, XName
from apimlb.policy.clr.xml.scalars import parse_flag

Prefixes = dict[str, str]
"""The prefix of each namespace that has one."""

_JSON = "http://james.newtonking.com/projects/json"
_ARRAY = XName(_JSON, "Array")
_OTHERS = {"Text": "#text", "CDATA": "#cdata-section", "Comment": "#comment", "DocumentType": "!DOCTYPE"}


def xml_token(value: nodes.XObject) -> JToken:
    """The token that a node or an attribute is serialized to."""
    made = JObject()
    if isinstance(value, nodes.XDocument):
        if value.declaration is not None:
            made.put("?xml", _facts(vars(value.declaration).items()))
        _fill(made, value.nodes, _prefixes(None), 0)
    elif not isinstance(value, nodes.XComment) and not _is_silent(value):
        around = _prefixes(value.parent)
        made.put(_key(value, _inside(value, around)), _token(value, around, 0))
    return made


def _prefixes(node: nodes.XObject | None) -> Prefixes:
    """Those of the nearest declarations which no nearer one hides. A default namespace has none here."""
    declared: dict[str, str] = {}
    for each in node.declarations() if isinstance(node, nodes.XElement) else ():
        declared.setdefault(each.prefix, each.value)
    nearest = {uri: prefix for prefix, uri in reversed(declared.items()) if prefix}
    return {XML: "xml", XMLNS: "xmlns", **nearest}


def _inside(node: nodes.XObject, around: Prefixes) -> Prefixes:
    declares = isinstance(node, nodes.XElement) and any(each.name.uri == XMLNS for each in node.attributes)
    return _prefixes(node) if declares else around


def _facts(facts: Iterable[tuple[str, str | None]]) -> JObject:
    """What a declaration says of a document."""
    made = JObject()
    for name, text in facts:
        if text:
            made.put(f"@{name}", string_value(text))
    return made


def _fill(made: JObject, given: Iterable[nodes.XObject], around: Prefixes, depth: int) -> None:
    """Put nodes into an object, those of one name together. A comment stands between members, where a token
    has no place."""
    groups: dict[str, list[nodes.XObject]] = {}
    for node in given:
        groups.setdefault(_key(node, around), []).append(node)
    for name, alike in groups.items():
        tokens = [_token(node, around, depth) for node in alike if not isinstance(node, nodes.XComment)]
        if len(alike) > 1 or _is_list(alike[0]):
            made.put(name, array_of(tokens))
        elif tokens:  # an element by itself is named by its own prefixes
            made.put(_key(alike[0], _inside(alike[0], around)), tokens[0])


def _is_list(node: nodes.XObject) -> bool:
    flag = node.attribute(_ARRAY) if isinstance(node, nodes.XElement) else None
    return flag is not None and parse_flag(flag.value)


def _key(node: nodes.XObject, prefixes: Prefixes) -> str:
    if isinstance(node, nodes.XElement):
        return _named(node.name, prefixes)
    if isinstance(node, nodes.XAttribute):
        mark = "" if node.name.uri == _JSON else "@"
        return mark + _named(node.name, prefixes)
    if isinstance(node, nodes.XProcessingInstruction):
        return f"?{node.target}"
    return _OTHERS[node.kind]


def _named(name: XName, prefixes: Prefixes) -> str:
    if name.uri == _JSON:
        return f"${name.local}"
    prefix = prefixes.get(name.uri)
    return f"{prefix}:{name.local}" if prefix else name.local


def _token(node: nodes.XObject, around: Prefixes, depth: int) -> JToken:
    BUDGET.spend(5)
    if isinstance(node, nodes.XElement):
        return _element(node, _inside(node, around), deeper(depth))
    if isinstance(node, nodes.XProcessingInstruction):
        return string_value(node.data)
    if isinstance(node, nodes.XDocumentType):
        return _facts(zip(("name", "public", "system", "internalSubset"), node.parts, strict=True))
    assert isinstance(node, nodes.XAttribute | nodes.XText)
    return string_value(node.value)


def _element(element: nodes.XElement, prefixes: Prefixes, depth: int) -> JToken:
    attributes, held = _attributes(element, prefixes), element.nodes
    if not attributes and not held:
        return null() if not element.hollow else string_value("")
    plain = all(each.name.uri == _JSON or _is_silent(each) for each in attributes)
    if plain and len(held) == 1 and type(held[0]) is nodes.XText:
        return string_value(held[0].value)
    made = JObject()
    for each in attributes:
        if not _is_silent(each):
            made.put(_key(each, prefixes), string_value(each.value))
    _fill(made, held, prefixes, depth)
    return made


def _is_silent(node: nodes.XObject) -> bool:
    """Whether a node is an attribute that JSON leaves out."""
    return isinstance(node, nodes.XAttribute) and (
        node.name == _ARRAY or (node.name.uri, node.value) == (XMLNS, _JSON)
    )


def _attributes(element: nodes.XElement, prefixes: Prefixes) -> list[nodes.XAttribute]:
    """The attributes of an element, the first of which declares its namespace where neither the element nor a
    prefix does."""
    uri, parent = element.name.uri, element.parent
    around = parent.name.uri if isinstance(parent, nodes.XElement) else ""
    if uri in ("", around) or uri in prefixes:
        return element.attributes
    if any(each.declares and each.value == uri for each in element.attributes):
        return element.attributes
    return [nodes.XAttribute(XName("", "xmlns"), uri), *element.attributes]
