"""Changing trees of System.Xml.Linq: constructors, Add..., Remove..., Set..., Replace..."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from apimlb.policy.clr.collections import iteration
from apimlb.policy.clr.exceptions import argument, required
from apimlb.policy.clr.xml import nodes
from apimlb.policy.clr.xml.names import XName
from apimlb.policy.clr.xml.scalars import content_text


def _items(content: object) -> Iterator[object]:
    """Content one by one, where it is a collection, which may hold others; null is nothing."""
    if isinstance(content, Iterable) and not isinstance(content, str | nodes.XObject):
        for each in iteration.elements(content):
            yield from _items(each)
    elif content is not None:
        yield content


def place_in(target: nodes.XContainer, place: int, content: object, attributes: bool = False) -> None:
    """Content at a place: nodes, attributes (where they may come), and anything else as text."""
    for item in _items(content):
        if isinstance(item, nodes.XAttribute):
            if not attributes or not isinstance(target, nodes.XElement):
                raise argument("An attribute cannot be added to content.")
            target.add_attribute(item)
        elif isinstance(item, nodes.XNode):
            target.insert(place, item)
            place += 1
        else:
            place = target.insert_text(place, content_text(item))


def add(target: nodes.XContainer, content: object) -> None:
    place_in(target, len(target.nodes), content, True)


def replace_with(node: nodes.XNode, content: object) -> None:
    owner, place = node.owner, node.place
    node.remove()
    place_in(owner, place, content)


def replacing(clear: Callable[[Any], None]) -> Callable[[nodes.XContainer, object], None]:
    """ReplaceNodes, ReplaceAttributes or ReplaceAll, by what is removed first."""

    def replace(target: nodes.XContainer, content: object) -> None:
        kept = list(_items(content))  # which may hang on what is removed
        clear(target)
        add(target, kept)

    return replace


def remove_all(target: nodes.XElement) -> None:
    target.clear_attributes()
    target.clear()


def remove_each(source: object) -> None:
    """Extensions.Remove"""
    for item in list(iteration.elements(source)):
        if isinstance(item, nodes.XObject):
            item.remove()


# Constructors


def new_element(name: XName | None, content: object = None) -> nodes.XElement:
    made = nodes.XElement(required(name, "name"))
    add(made, content)
    return made


def new_attribute(name: XName, value: object) -> nodes.XAttribute:
    return nodes.XAttribute(name, content_text(value))


def new_document(content: object = None, declaration: nodes.XDeclaration | None = None) -> nodes.XDocument:
    made = nodes.XDocument()
    add(made, content)
    made.declaration = declaration
    return made


# Values


def set_value(target: nodes.XElement | nodes.XAttribute, value: object) -> None:
    """SetValue, and the setter of an element's Value"""
    target.value = content_text(value)


def setting_text(attribute: str) -> Callable[[object, object], None]:
    """The setter of a property that may not be null."""
    return lambda target, value: setattr(target, attribute, required(value, "value"))


def set_attribute_value(target: nodes.XElement, name: XName, value: object) -> None:
    """SetAttributeValue: null takes the attribute away."""
    if not _changed(target.attribute(name), value):
        target.add_attribute(new_attribute(required(name, "name"), value))


def set_element_value(target: nodes.XElement, name: XName, value: object) -> None:
    """SetElementValue: null takes the element away."""
    if not _changed(target.element(name), value):
        target.append(new_element(name, content_text(value)))


def _changed(known: nodes.XElement | nodes.XAttribute | None, value: object) -> bool:
    """Give what is known a value, or take it away for null; False where a value has nothing to go to."""
    if known is None:
        return value is None
    if value is None:
        known.remove()
    else:
        set_value(known, value)
    return True
