"""Where a token stands: path, ancestors, descendants, neighbours; and merging of one tree into another."""

import re
from collections.abc import Iterator

from apimlb.policy.values.budget import BUDGET, charge_each
from apimlb.policy.values.json_tokens import JArray, JContainer, JObject, JProperty, JToken

_PLAIN = re.compile(r"[^\s.'\"\[\]()/\\\t\n\r\x85\u2028\u2029]+\Z")


def path(token: JToken) -> str:
    """JToken.Path: `a.b[0].c`, with odd names in brackets."""
    steps: list[str] = []
    here = token
    while here.parent is not None:
        BUDGET.spend()
        parent = here.parent
        if isinstance(parent, JArray):
            steps.append(f"[{parent.place(here)}]")
        elif isinstance(here, JProperty):
            steps.append(f".{here.name}" if _PLAIN.match(here.name) else f"['{here.name}']")
        here = parent
    if not isinstance(here, JObject | JArray) and isinstance(here, JProperty):
        steps.append(f".{here.name}")
    return "".join(reversed(steps)).removeprefix(".")


def ancestors(token: JToken) -> Iterator[JToken]:
    here = token.parent
    while here is not None:
        yield here
        here = here.parent


def descendants(token: JToken) -> Iterator[JToken]:
    stack = [token.children()]
    while stack:
        for child in stack[-1]:
            yield child
            stack.append(child.children())
            break
        else:
            stack.pop()


def sibling(token: JToken, offset: int) -> JToken | None:
    """The next or previous child of the same parent."""
    if token.parent is None:
        return None
    around = list(token.parent.children())
    charge_each(len(around))
    place = next(i for i, item in enumerate(around) if item is token) + offset
    return around[place] if 0 <= place < len(around) else None


def merge(target: JContainer, content: JToken) -> None:
    """JContainer.Merge with its default settings: arrays are joined, objects merged, the rest replaced."""
    if isinstance(target, JArray) and isinstance(content, JArray):
        for item in list(content.items):
            target.add(item)
    elif isinstance(target, JObject) and isinstance(content, JObject):
        for prop in list(content.properties.values()):
            _merge_property(target, prop)


def _merge_property(target: JObject, prop: JProperty) -> None:
    known = target.properties.get(prop.name)
    if known is None:
        target.append(prop.name, prop.value)
    elif prop.value.type_name == "Null":
        return
    elif isinstance(known.value, JContainer) and known.value.type_name == prop.value.type_name:
        merge(known.value, prop.value)
    else:
        known.set_value(prop.value)
