"""System.Xml.Linq."""

from apimlb.policy.clr.types.definitions import Definition, Family, names_in


def _definitions() -> tuple[Definition, ...]:
    from apimlb.policy.clr.xml import xobject

    return xobject.DEFINITIONS


XML = Family(
    _definitions,
    types=(
        *names_in(
            "System.Xml.Linq",
            "XName XNamespace XNodeEqualityComparer XNodeDocumentOrderComparer XDeclaration XObject "
            "XAttribute XNode XText XCData XComment XProcessingInstruction XDocumentType XContainer "
            "XElement XDocument Extensions",
        ),
        *names_in("System.Xml", "XmlNodeType"),
    ),
    extensions=names_in(
        "",
        "Ancestors AncestorsAndSelf Attributes DescendantNodes DescendantNodesAndSelf Descendants "
        "DescendantsAndSelf Elements InDocumentOrder Nodes Remove",
    ),
)
