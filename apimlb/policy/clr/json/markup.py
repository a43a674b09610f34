"""XML as Newtonsoft.Json writes it: elements as objects, attributes under `@name`, text under `#text`.

What Newtonsoft.Json's own namespace names begins with `$`; its attribute Array makes a list of one element.
Source: Newtonsoft.Json 10, XmlNodeConverter, confirmed by running it.
"""

from collections.abc import Iterable

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.scalars import array_of
from apimlb.policy.clr.json.tokens import JObject, JToken, deeper, null, string_value
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import XMLNS, XName
from apimlb.policy.clr.xml.scalars import parse_flag
from apimlb.policy.clr.xml.writer import prefix_in_scope

_JSON = "http://james.newtonking.com/projects/json"
_ARRAY = XName(_JSON, "Array")


def xml_token(value: nodes.XObject) -> JToken:
    """The token that a node or an attribute is serialized to."""
    made = JObject()
    if isinstance(value, nodes.XDocument):
        if value.declaration is not None:
            made.put("?xml", _facts(vars(value.declaration)))
        _fill(made, value.nodes, 0)
    elif not isinstance(value, nodes.XComment):
        made.put(_key(value, value), _token(value, 0))
    return made


def _facts(facts: dict[str, str | None]) -> JObject:
    """What a declaration says of a document."""
    made = JObject()
    for name, text in facts.items():
        if text:
            made.put(f"@{name}", string_value(text))
    return made


def _fill(made: JObject, given: Iterable[nodes.XObject], depth: int) -> None:
    """Put nodes into an object, those of one name together. A comment stands between members, where a token
    has no place."""
    groups: dict[str, list[nodes.XObject]] = {}
    for node in given:
        groups.setdefault(_key(node, node.parent), []).append(node)
    for name, alike in groups.items():
        tokens = [_token(node, depth) for node in alike if not isinstance(node, nodes.XComment)]
        if len(alike) > 1 or _is_list(alike[0]):
            made.put(name, array_of(tokens))
        elif tokens:  # which sees its own namespaces
            made.put(_key(alike[0], alike[0]), tokens[0])


def _is_list(node: nodes.XObject) -> bool:
    flag = node.attribute(_ARRAY) if isinstance(node, nodes.XElement) else None
    return flag is not None and parse_flag(flag.value)


def _key(node: nodes.XObject, place: nodes.XObject | None) -> str:
    """The name of a member, with the prefix that a namespace has at a place."""
    if isinstance(node, nodes.XElement):
        return _named(node.name, place)
    if isinstance(node, nodes.XAttribute):
        mark = "" if node.name.uri == _JSON else "@"
        return mark + _named(node.name, node.parent)
    if isinstance(node, nodes.XProcessingInstruction):
        return f"?{node.target}"
    if isinstance(node, nodes.XDocumentType):
        return "!DOCTYPE"
    return {"Comment": "#comment", "CDATA": "#cdata-section"}.get(str(getattr(node, "kind", "")), "#text")


def _named(name: XName, place: nodes.XObject | None) -> str:
    if name.uri == _JSON:
        return f"${name.local}"
    element = place if isinstance(place, nodes.XElement) else None
    prefix = prefix_in_scope(element, name.uri, False) if name.uri else None
    return f"{prefix}:{name.local}" if prefix else name.local


def _token(node: nodes.XObject, depth: int) -> JToken:
    BUDGET.spend(5)
    if isinstance(node, nodes.XElement):
        return _element(node, deeper(depth))
    if isinstance(node, nodes.XProcessingInstruction):
        return string_value(node.data)
    if isinstance(node, nodes.XDocumentType):
        return _facts(
            {"name": node.name, "public": node.public, "system": node.system, "internalSubset": node.internal}
        )
    assert isinstance(node, nodes.XAttribute | nodes.XText)
    return string_value(node.value)


def _element(element: nodes.XElement, depth: int) -> JToken:
    attributes, held = _attributes(element), element.nodes
    if not attributes and not held:
        return null() if not element.hollow else string_value("")
    plain = all(each.name.uri == _JSON for each in attributes)
    if plain and len(held) == 1 and type(held[0]) is nodes.XText:
        return string_value(held[0].value)
    made = JObject()
    for each in attributes:
        if each.name != _ARRAY and (each.name.uri, each.value) != (XMLNS, _JSON):
            made.put(_key(each, None), string_value(each.value))
    _fill(made, held, depth)
    return made


def _attributes(element: nodes.XElement) -> list[nodes.XAttribute]:
    """The attributes of an element, the first of which declares its namespace where neither the element nor a
    prefix does."""
    uri, parent = element.name.uri, element.parent
    around = parent.name.uri if isinstance(parent, nodes.XElement) else ""
    if uri in ("", around) or prefix_in_scope(element, uri, False):
        return element.attributes
    if any(each.declares and each.value == uri for each in element.attributes):
        return element.attributes
    return [nodes.XAttribute(XName("", "xmlns"), uri), *element.attributes]
