"""System.Xml.Linq: elements, attributes, documents, names and their casts. What loads or saves files is
left out."""

from collections.abc import Callable
from operator import methodcaller

from apimlb.policy.clr.collections.containers import ClrArray
from apimlb.policy.clr.convert import parsing
from apimlb.policy.clr.dates.parsing import parse_kept
from apimlb.policy.clr.enums import Enum
from apimlb.policy.clr.exceptions import required
from apimlb.policy.clr.guids import parse_guid
from apimlb.policy.clr.objects.annotations import ANNOTATIONS
from apimlb.policy.clr.objects.hashing import text_hash
from apimlb.policy.clr.types.definitions import Call, Definition, Row, setting
from apimlb.policy.clr.xml import axes, edits, nodes, scalars
from apimlb.policy.clr.xml.names import XML, XMLNS, X, XNamespace, name_in, name_of, verify
from apimlb.policy.clr.xml.order import ALIKE, IN_ORDER, compare_nodes, deep_equals, shape
from apimlb.policy.clr.xml.reader import parse_document, parse_element

_NODE_TYPES = {
    "None": 0, "Element": 1, "Attribute": 2, "Text": 3, "CDATA": 4, "EntityReference": 5, "Entity": 6,
    "ProcessingInstruction": 7, "Comment": 8, "Document": 9, "DocumentType": 10, "DocumentFragment": 11,
    "Notation": 12, "Whitespace": 13, "SignificantWhitespace": 14, "EndElement": 15, "EndEntity": 16,
    "XmlDeclaration": 17,
}  # fmt: skip
_TYPE_NAMES = {number: name for name, number in _NODE_TYPES.items()}


# Casts


_CASTS: dict[str, Callable[[str], object]] = {
    "bool": scalars.parse_flag,
    **{
        name: parsing.PARSERS[name]
        for name in ("Int32", "Int64", "UInt32", "UInt64", "Single", "Double", "Decimal")
    },
    "DateTime": parse_kept,
    "DateTimeOffset": scalars.parse_moment,
    "TimeSpan": scalars.parse_duration,
    "Guid": parse_guid,
}


def _cast(parse: Callable[[str], object]) -> Callable[[nodes.XElement | nodes.XAttribute | None], object]:
    return lambda target: None if target is None else parse(target.value)


def _cast_rows(kind: str) -> tuple[Row, ...]:
    """(string)element, (int)element, (int?)element and so on."""
    name = kind[1:].lower()
    rows: list[Row] = [(f"explicit string({kind} {name})", _cast(str))]
    for keyword, parse in _CASTS.items():
        rows.append((f"explicit {keyword}({kind}! {name})", _cast(parse)))
        rows.append((f"explicit {keyword}?({kind} {name})", _cast(parse)))
    return tuple(rows)


def _content(head: str, call: Callable[..., object] | Call) -> tuple[Row, ...]:
    """A method that takes one content or several."""
    return (f"{head}object content)", call), (f"{head}params object[] content)", call)


_COPY = methodcaller("copy")

DEFINITIONS = (
    Definition(
        X + "XName", "class",
        rows=(
            ("string LocalName", "{0}.local"),
            ("string NamespaceName", "{0}.uri"),
            ("XNamespace Namespace", lambda name: XNamespace(name.uri)),
            ("static XName Get(string expandedName)", name_of),
            ("static XName Get(string! localName, string! namespaceName)", name_in),
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
            ("static XNamespace Xml", lambda: XNamespace(XML)),
            ("static XNamespace Xmlns", lambda: XNamespace(XMLNS)),
            ("static XNamespace Get(string! namespaceName)", lambda uri: XNamespace(uri)),
            ("XName GetName(string! localName)", lambda space, local: name_in(local, space.uri)),
            ("implicit XNamespace(string namespaceName)",
             lambda uri: None if uri is None else XNamespace(uri)),
            ("static XName operator +(XNamespace ns, string! localName)",
             lambda space, local: name_in(local, space.uri)),
        ),
    ),
    Definition("System.Xml.XmlNodeType", "enum", constants=_NODE_TYPES),
    Definition(
        X + "XNodeEqualityComparer", "class", bases=("IEqualityComparer<XNode>",),
        rows=(
            ("new()", lambda: ALIKE),
            ("bool Equals(XNode x, XNode y)", lambda comparer, left, right: deep_equals(left, right)),
            ("int GetHashCode(XNode obj)",
             lambda comparer, node: 0 if node is None else text_hash(str(shape(node)))),
        ),
    ),
    Definition(
        X + "XNodeDocumentOrderComparer", "class", bases=("IComparer<XNode>",),
        rows=(("new()", lambda: IN_ORDER), ("int Compare(XNode x, XNode y)",
                                            lambda comparer, left, right: compare_nodes(left, right))),
    ),
    Definition(
        X + "XDeclaration", "class",
        rows=(
            ("new(string version, string encoding, string standalone)", nodes.XDeclaration),
            ("new(XDeclaration! other)", _COPY),
            ("string Version", "{0}.version", setting("version")),
            ("string Encoding", "{0}.encoding", setting("encoding")),
            ("string Standalone", "{0}.standalone", setting("standalone")),
        ),
    ),
    Definition(
        X + "XObject", "class", test=lambda value: isinstance(value, nodes.XObject),
        rows=(
            ("XmlNodeType NodeType",
             lambda target: Enum("System.Xml.XmlNodeType", _NODE_TYPES[target.kind], _TYPE_NAMES)),
            ("XElement Parent",
             lambda target: target.parent if isinstance(target.parent, nodes.XElement) else None),
            ("XDocument Document", axes.document),
            ("string BaseUri", lambda target: target.base_uri),
            *ANNOTATIONS,
        ),
    ),
    Definition(
        X + "XAttribute", "class", bases=(X + "XObject",),
        rows=(
            ("new(XName! name, object value)", edits.new_attribute),
            ("new(XAttribute! other)", _COPY),
            ("static IEnumerable<XAttribute> EmptySequence", lambda: ClrArray([], X + "XAttribute")),
            ("XName Name", "{0}.name"),
            ("string Value", "{0}.value", edits.setting_text("value")),
            ("void SetValue(object value)", edits.set_value),
            ("bool IsNamespaceDeclaration", "{0}.declares"),
            ("XAttribute NextAttribute", lambda target: target.beside(1)),
            ("XAttribute PreviousAttribute", lambda target: target.beside(-1)),
            ("void Remove()", nodes.XAttribute.remove),
            *_cast_rows("XAttribute"),
        ),
    ),
    Definition(
        X + "XNode", "class", bases=(X + "XObject",), test=lambda value: isinstance(value, nodes.XNode),
        rows=(
            ("void Remove()", nodes.XNode.remove),
            *_content("void AddAfterSelf(",
                      lambda node, content: edits.place_in(node.owner, node.place + 1, content)),
            *_content("void AddBeforeSelf(",
                      lambda node, content: edits.place_in(node.owner, node.place, content)),
            *_content("void ReplaceWith(", edits.replace_with),
            *axes.NODE_AXES,
            ("static int CompareDocumentOrder(XNode n1, XNode n2)", compare_nodes),
            ("static bool DeepEquals(XNode n1, XNode n2)", deep_equals),
            ("static XNodeDocumentOrderComparer DocumentOrderComparer", lambda: IN_ORDER),
            ("static XNodeEqualityComparer EqualityComparer", lambda: ALIKE),
        ),
    ),
    *(
        Definition(
            X + name, "class", bases=(X + ("XText" if name == "XCData" else "XNode"),),
            rows=(
                ("new(string! value)", kind),
                (f"new({name}! other)", _COPY),
                ("string Value", "{0}.value", edits.setting_text("value")),
            ),
        )
        for name, kind in (("XText", nodes.XText), ("XCData", nodes.XCData), ("XComment", nodes.XComment))
    ),
    Definition(
        X + "XProcessingInstruction", "class", bases=(X + "XNode",),
        rows=(
            ("new(string target, string! data)", nodes.XProcessingInstruction),
            ("new(XProcessingInstruction! other)", _COPY),
            ("string Target", "{0}.target",
             lambda node, value: setattr(node, "target", nodes.target_name(value))),
            ("string Data", "{0}.data", edits.setting_text("data")),
        ),
    ),
    Definition(
        X + "XDocumentType", "class", bases=(X + "XNode",),
        rows=(
            ("new(string! name, string publicId, string systemId, string internalSubset)",
             nodes.XDocumentType),
            ("new(XDocumentType! other)", _COPY),
            ("string Name", "{0}.name",
             lambda node, value: setattr(node, "name", verify(required(value, "name"), colons=True))),
            ("string PublicId", "{0}.public", setting("public")),
            ("string SystemId", "{0}.system", setting("system")),
            ("string InternalSubset", "{0}.internal", setting("internal")),
        ),
    ),
    Definition(
        X + "XContainer", "class", bases=(X + "XNode",),
        rows=(
            *_content("void Add(", Call(edits.add, cost="result")),
            *_content("void AddFirst(", lambda target, content: edits.place_in(target, 0, content)),
            *_content("void ReplaceNodes(", edits.replacing(nodes.XContainer.clear)),
            ("void RemoveNodes()", nodes.XContainer.clear),
            *axes.CONTAINER_AXES,
        ),
    ),
    Definition(
        X + "XElement", "class", bases=(X + "XContainer",),
        rows=(
            ("new(XName name)", edits.new_element),
            *_content("new(XName name, ", edits.new_element),
            ("new(XElement! other)", _COPY),
            ("static XElement Parse(string text)", parse_element),
            ("static IEnumerable<XElement> EmptySequence", lambda: ClrArray([], X + "XElement")),
            ("XName Name", "{0}.name", edits.setting_text("name")),
            ("string Value", lambda target: target.value, edits.set_value),
            ("bool HasElements", lambda target: any(True for _ in target.elements())),
            ("bool HasAttributes", lambda target: bool(target.attributes)),
            ("bool IsEmpty", lambda target: not target.nodes and not target.hollow),
            *axes.ELEMENT_AXES,
            ("void SetValue(object value)", edits.set_value),
            ("void SetAttributeValue(XName name, object value)", edits.set_attribute_value),
            ("void SetElementValue(XName name, object value)", edits.set_element_value),
            ("void RemoveAll()", edits.remove_all),
            ("void RemoveAttributes()", nodes.XElement.clear_attributes),
            *_content("void ReplaceAll(", edits.replacing(edits.remove_all)),
            *_content("void ReplaceAttributes(", edits.replacing(nodes.XElement.clear_attributes)),
            *_cast_rows("XElement"),
        ),
    ),
    Definition(
        X + "XDocument", "class", bases=(X + "XContainer",),
        rows=(
            ("new()", nodes.XDocument),
            ("new(params object[] content)", edits.new_document),
            ("new(XDeclaration declaration, params object[] content)",
             lambda declaration, content: edits.new_document(content, declaration)),
            ("new(XDocument! other)", _COPY),
            ("static XDocument Parse(string text)", parse_document),
            ("XElement Root", "{0}.root"),
            ("XDeclaration Declaration", "{0}.declaration", setting("declaration")),
            ("XDocumentType DocumentType",
             lambda target: next((node for node in target.nodes if node.kind == "DocumentType"), None)),
        ),
    ),
    axes.EXTENSIONS,
)  # fmt: skip
