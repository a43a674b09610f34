"""XML as Newtonsoft.Json writes it: elements as objects, attributes under `@name`, text under `#text`.

Source: Newtonsoft.Json 10, XmlNodeConverter, confirmed by running it.
"""

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.json.scalars import array_of
from apimlb.policy.clr.json.tokens import JObject, JToken, deeper, null, string_value
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import XML, XMLNS, XName


def xml_token(value: nodes.XObject) -> JToken:
    """The token that a node or an attribute is serialized to."""
    made = JObject()
    for node in value.nodes if isinstance(value, nodes.XDocument) else [value]:
        prefixes = _prefixes(node, {})
        made.put(_key(node, prefixes), _token(node, prefixes, 0))
    return made


def _key(node: nodes.XObject, prefixes: dict[str, str]) -> str:
    if isinstance(node, nodes.XElement):
        return _named(node.name, prefixes)
    if isinstance(node, nodes.XAttribute):
        return f"@{_attribute_name(node.name, prefixes)}"
    if isinstance(node, nodes.XProcessingInstruction):
        return f"?{node.target}"
    return {"Comment": "#comment", "CDATA": "#cdata-section"}.get(str(getattr(node, "kind", "")), "#text")


def _named(name: XName, prefixes: dict[str, str]) -> str:
    prefix = prefixes.get(name.uri, "")
    return f"{prefix}:{name.local}" if prefix else name.local


def _attribute_name(name: XName, prefixes: dict[str, str]) -> str:
    if name.uri == XMLNS:
        return f"xmlns:{name.local}"
    return f"xml:{name.local}" if name.uri == XML else _named(name, prefixes)


def _token(node: nodes.XObject, prefixes: dict[str, str], depth: int) -> JToken:
    BUDGET.spend(5)
    if isinstance(node, nodes.XElement):
        return _element(node, prefixes, deeper(depth))
    if isinstance(node, nodes.XProcessingInstruction):
        return string_value(node.data)
    if isinstance(node, nodes.XAttribute | nodes.XText):
        return string_value(node.value)
    raise ClrException(
        "Newtonsoft.Json.JsonSerializationException",
        f"Unexpected XmlNodeType when getting node name: {getattr(node, 'kind', '')}",
    )


def _prefixes(node: nodes.XObject, outer: dict[str, str]) -> dict[str, str]:
    """The prefix of each namespace, those of an element before those around it."""
    attributes = node.attributes if isinstance(node, nodes.XElement) else []
    own = {each.value: each.name.local for each in attributes if each.name.uri == XMLNS}
    return {**outer, **own} if own else outer


def _element(element: nodes.XElement, outer: dict[str, str], depth: int) -> JToken:
    prefixes = _prefixes(element, outer)
    if not element.attributes and not element.nodes:
        return null() if not element.hollow else string_value("")
    if not element.attributes and all(type(node) is nodes.XText for node in element.nodes):
        return string_value("".join(node.value for node in element.nodes if isinstance(node, nodes.XText)))
    made = JObject()
    for attribute in element.attributes:
        made.put(_key(attribute, prefixes), string_value(attribute.value))
    groups: dict[str, list[nodes.XNode]] = {}
    for node in element.nodes:
        if isinstance(node, nodes.XComment):  # which stands between members, where a token has no place
            continue
        groups.setdefault(_key(node, _prefixes(node, prefixes)), []).append(node)
    for name, alike in groups.items():
        tokens = [_token(node, prefixes, depth) for node in alike]
        made.put(name, tokens[0] if len(tokens) == 1 else array_of(tokens))
    return made
