"""Where a token stands: path, ancestors, descendants, neighbours."""

import re
from collections.abc import Iterator

from apimlb.policy.clr.budget import BUDGET, charge_each
from apimlb.policy.clr.json.tokens import JList, JProperty, JToken

_SPECIAL = re.compile(r"[. \[\]()]")


def path(token: JToken) -> str:
    """JToken.Path: `a.b[0].c`, with names that hold a dot, space or bracket in brackets."""
    if token.parent is None:
        return ""
    steps: list[tuple[JToken, JToken | None]] = []
    here: JToken | None = token
    below: JToken | None = None
    while here is not None:
        BUDGET.spend()
        steps.append((here, below))
        here, below = here.parent, here
    pieces = [""]
    for step, child in reversed(steps):
        if isinstance(step, JProperty):
            plain = _SPECIAL.search(step.name) is None
            dot = "." if plain and any(pieces) else ""
            pieces.append(f"{dot}{step.name}" if plain else f"['{step.name}']")
        elif isinstance(step, JList) and child is not None:
            pieces.append(f"[{step.place(child)}]")
    return "".join(pieces)


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
