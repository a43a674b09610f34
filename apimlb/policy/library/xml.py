"""System.Xml.Linq: elements, attributes, documents, names; their casts, and the extensions of sequences of
them."""

from collections.abc import Callable

from apimlb.policy.csharp.types import Definition, Row
from apimlb.policy.values import conversions as convert
from apimlb.policy.values.collections import ClrArray, ClrList
from apimlb.policy.values.dates.parsing import parse_date
from apimlb.policy.values.exceptions import argument_null, bad_format, invalid_operation
from apimlb.policy.values.guids import parse_guid
from apimlb.policy.values.iteration import elements as each_of
from apimlb.policy.values.objects import Sequence
from apimlb.policy.values.xml.nodes import (
    X,
    XAttribute,
    XContainer,
    XDocument,
    XElement,
    XName,
    XNamespace,
    XNode,
    XText,
    content_text,
    name_of,
    xml_text,
)
from apimlb.policy.values.xml.text import parse_document, parse_element


def add(target: XContainer, content: object) -> None:
    """Add(object): nodes, attributes, collections of them, and anything else as text."""
    if content is None:
        return
    if isinstance(content, ClrArray | ClrList | Sequence):
        for item in each_of(content):
            add(target, item)
    elif isinstance(content, XAttribute) and isinstance(target, XElement):
        target.add_attribute(content)
    elif isinstance(content, XNode):
        target.append(content)
    else:
        target.append(XText(content_text(content)))


def new_element(name: XName | None, content: object = None) -> XElement:
    if name is None:
        raise argument_null("name")
    made = XElement(name)
    add(made, content)
    return made


def new_attribute(name: XName | None, value: object) -> XAttribute:
    if name is None:
        raise argument_null("name")
    return XAttribute(name, content_text(value))


def new_document(content: ClrArray) -> XDocument:
    made = XDocument()
    add(made, content)
    return made


def _sequence(call: Callable[..., object]) -> Callable[..., Sequence]:
    def made(*arguments: object) -> Sequence:
        return Sequence(lambda: each_of(call(*arguments)))

    made.__name__ = getattr(call, "__name__", "sequence")
    return made


def child(target: XContainer, name: XName | None) -> XElement | None:
    return None if name is None else next(target.elements(name), None)


def attribute(target: XElement, name: XName | None) -> XAttribute | None:
    return None if name is None else target.attribute(name)


def attributes(target: XElement) -> Sequence:
    return Sequence(lambda: iter(list(target.attributes)))


def nodes(target: XContainer) -> Sequence:
    return Sequence(lambda: iter(list(target.nodes)))


def ancestors(target: XNode) -> Sequence:
    found = []
    here = target.parent
    while isinstance(here, XElement):
        found.append(here)
        here = here.parent
    return Sequence(lambda: iter(found))


def with_self(target: XElement) -> Sequence:
    return Sequence(lambda: iter([target, *target.descendants()]))


def element_value(target: XElement) -> str:
    return target.text


def set_value(target: XElement, value: object) -> None:
    target.nodes.clear()
    text = content_text(value)
    if text:
        target.append(XText(text))


def set_attribute_text(target: XAttribute, value: str) -> None:
    target.value = value


def set_attribute_value(target: XElement, name: XName, value: object) -> None:
    """SetAttributeValue: null takes the attribute away."""
    known = target.attribute(name)
    if value is None:
        target.attributes = [each for each in target.attributes if each is not known]
    elif known is None:
        target.add_attribute(XAttribute(name, content_text(value)))
    else:
        known.value = content_text(value)


def set_element_value(target: XElement, name: XName, value: object) -> None:
    known = child(target, name)
    if value is None:
        if known is not None:
            remove(known)
    elif known is None:
        target.append(new_element(name, content_text(value)))
    else:
        set_value(known, value)


def remove(target: XNode) -> None:
    if target.parent is None:
        raise invalid_operation("The parent is missing.")
    target.parent.nodes = [node for node in target.parent.nodes if node is not target]
    target.parent = None


def remove_attribute(target: XAttribute) -> None:
    if target.parent is None:
        raise invalid_operation("The parent is missing.")
    target.parent.attributes = [each for each in target.parent.attributes if each is not target]
    target.parent = None


def remove_all(target: XContainer) -> None:
    target.nodes.clear()


def remove_each(source: object) -> None:
    for item in list(each_of(source)):
        if isinstance(item, XAttribute):
            remove_attribute(item)
        elif isinstance(item, XNode):
            remove(item)


def has_elements(target: XElement) -> bool:
    return any(True for _ in target.elements())


def spread(call: Callable[[XContainer], object]) -> Callable[[object], Sequence]:
    """An Extensions method: the same of each element of a sequence, one after another."""
    return lambda source: Sequence(lambda: (item for each in each_of(source) for item in each_of(call(each))))  # type: ignore[arg-type]


def spread_named(call: Callable[[XContainer, XName], object]) -> Callable[[object, XName], Sequence]:
    return lambda source, name: Sequence(
        lambda: (item for each in each_of(source) for item in each_of(call(each, name)))  # type: ignore[arg-type]
    )


def namespace_name(space: XNamespace, local: str) -> XName:
    return XName(space.uri, local)


def text_value(target: XElement | XAttribute | None) -> str | None:
    """(string)element"""
    if target is None:
        return None
    return target.text if isinstance(target, XElement) else target.value


def xml_boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false", "1", "0"):
        raise bad_format(f"The string '{text}' is not a valid Boolean value.")
    return word in ("true", "1")


_CASTS: dict[str, Callable[[str], object]] = {
    "bool": xml_boolean,
    "int": lambda text: convert.parse_integer(text, "Int32"),
    "long": lambda text: convert.parse_integer(text, "Int64"),
    "uint": lambda text: convert.parse_integer(text, "UInt32"),
    "double": convert.parse_double,
    "decimal": convert.parse_decimal,
    "DateTime": parse_date,
    "Guid": parse_guid,
}


def cast_of(parse: Callable[[str], object], name: str, optional: bool) -> Callable[..., object]:
    """(int)element and (int?)element."""

    def cast(target: XElement | XAttribute | None) -> object:
        text = text_value(target)
        if text is None:
            if optional:
                return None
            raise argument_null(name)
        return parse(text)

    return cast


def _cast_rows(kind: str) -> tuple[Row, ...]:
    name = kind[1:].lower()
    rows: list[Row] = [(f"explicit string({kind} {name})", text_value)]
    for keyword, parse in _CASTS.items():
        rows.append((f"explicit {keyword}({kind} {name})", cast_of(parse, name, False)))
        rows.append((f"explicit {keyword}?({kind} {name})", cast_of(parse, name, True)))
    return tuple(rows)


_E = "IEnumerable<XElement>"
_CONTAINER: tuple[Row, ...] = (
    ("void Add(object content)", add),
    ("void Add(params object[] content)", add),
    ("XElement Element(XName name)", child),
    (f"{_E} Elements()", _sequence(XContainer.elements)),
    (f"{_E} Elements(XName name)", _sequence(XContainer.elements)),
    (f"{_E} Descendants()", _sequence(XContainer.descendants)),
    (f"{_E} Descendants(XName name)", _sequence(XContainer.descendants)),
    ("IEnumerable<XNode> Nodes()", nodes),
    ("XNode FirstNode", lambda target: target.nodes[0] if target.nodes else None),
    ("XNode LastNode", lambda target: target.nodes[-1] if target.nodes else None),
    ("void RemoveNodes()", remove_all),
)

DEFINITIONS = (
    Definition(
        X + "XName", "class",
        rows=(
            ("string LocalName", "{0}.local"),
            ("string NamespaceName", "{0}.uri"),
            ("XNamespace Namespace", lambda name: XNamespace(name.uri)),
            ("static XName Get(string expandedName)", name_of),
            ("implicit XName(string expandedName)", name_of),
            ("static bool operator ==(XName left, XName right)", "{0} == {1}"),
            ("static bool operator !=(XName left, XName right)", "{0} != {1}"),
        ),
    ),
    Definition(
        X + "XNamespace", "class",
        rows=(
            ("string NamespaceName", "{0}.uri"),
            ("static XNamespace None", lambda: XNamespace("")),
            ("static XNamespace Get(string namespaceName)", XNamespace),
            ("XName GetName(string localName)", namespace_name),
            ("implicit XNamespace(string namespaceName)", XNamespace),
            ("static XName operator +(XNamespace ns, string localName)", namespace_name),
        ),
    ),
    Definition(X + "XObject", "class"),
    Definition(
        X + "XAttribute", "class", bases=(X + "XObject",),
        rows=(
            ("new(XName name, object value)", new_attribute),
            ("XName Name", "{0}.name"),
            ("string Value", "{0}.value", set_attribute_text),
            ("XElement Parent", "{0}.parent"),
            ("void Remove()", remove_attribute),
            ("string ToString()", str),
            *_cast_rows("XAttribute"),
        ),
    ),
    Definition(
        X + "XNode", "class", bases=(X + "XObject",), test=lambda value: isinstance(value, XNode),
        rows=(
            ("XElement Parent", "{0}.parent"),
            ("void Remove()", remove),
            (f"{_E} Ancestors()", ancestors),
            ("string ToString()", xml_text),
        ),
    ),
    Definition(X + "XText", "class", bases=(X + "XNode",),
               rows=(("new(string value)", XText), ("string Value", "{0}.value"))),
    Definition(X + "XCData", "class", bases=(X + "XText",),
               rows=(("new(string value)", lambda text: XText(text, "XCData")),)),
    Definition(X + "XComment", "class", bases=(X + "XNode",),
               rows=(("new(string value)", lambda text: XText(text, "XComment")), ("string Value",
               "{0}.value"))),
    Definition(X + "XContainer", "class", bases=(X + "XNode",), rows=_CONTAINER),
    Definition(
        X + "XElement", "class", bases=(X + "XContainer",),
        rows=(
            ("new(XName name)", new_element),
            ("new(XName name, object content)", new_element),
            ("new(XName name, params object[] content)", new_element),
            ("static XElement Parse(string text)", parse_element),
            ("XName Name", "{0}.name", lambda target, name: setattr(target, "name", name)),
            ("string Value", element_value, set_value),
            ("bool HasElements", has_elements),
            ("bool HasAttributes", lambda target: bool(target.attributes)),
            ("bool IsEmpty", lambda target: not target.nodes),
            ("XAttribute Attribute(XName name)", attribute),
            ("IEnumerable<XAttribute> Attributes()", attributes),
            ("XAttribute FirstAttribute", lambda target: target.attributes[0] if target.attributes else None),
            (f"{_E} DescendantsAndSelf()", with_self),
            ("void SetValue(object value)", set_value),
            ("void SetAttributeValue(XName name, object value)", set_attribute_value),
            ("void SetElementValue(XName name, object value)", set_element_value),
            ("void RemoveAll()", remove_all),
            *_cast_rows("XElement"),
        ),
    ),
    Definition(
        X + "XDocument", "class", bases=(X + "XContainer",),
        rows=(
            ("new(params object[] content)", new_document),
            ("static XDocument Parse(string text)", parse_document),
            ("XElement Root", "{0}.root"),
        ),
    ),
    Definition(
        X + "Extensions", "static",
        rows=(
            (f"static {_E} Elements<T>(this IEnumerable<T> source)", spread(XContainer.elements)),
            (f"static {_E} Elements<T>(this IEnumerable<T> source, XName name)",
             spread_named(XContainer.elements)),
            (f"static {_E} Descendants<T>(this IEnumerable<T> source)", spread(XContainer.descendants)),
            (f"static {_E} Descendants<T>(this IEnumerable<T> source, XName name)",
             spread_named(XContainer.descendants)),
            ("static IEnumerable<XAttribute> Attributes(this IEnumerable<XElement> source)",
             spread(attributes)),  # type: ignore[arg-type]
            ("static void Remove<T>(this IEnumerable<T> source)", remove_each),
        ),
    ),
)  # fmt: skip
