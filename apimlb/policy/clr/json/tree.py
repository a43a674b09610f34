"""Where a token stands: path, ancestors, descendants, neighbours."""

import re
from collections.abc import Iterator

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.tokens import JList, JProperty, JToken

_SPECIAL = re.compile(r"[. \[\]()]")


def path(token: JToken) -> str:
    """JToken.Path: `a.b[0].c`, with names that hold a dot, space or bracket in brackets."""
    pieces: list[str] = []
    here = None if token.parent is None else token
    while here is not None:
        BUDGET.spend()
        if isinstance(here, JProperty):
            pieces.append(f"['{here.name}']" if _SPECIAL.search(here.name) else f".{here.name}")
        elif isinstance(here.parent, JList):
            pieces.append(f"[{here.parent.place(here)}]")
        here = here.parent
    return "".join(reversed(pieces)).lstrip(".")


def ancestors(token: JToken) -> Iterator[JToken]:
    while token.parent is not None:
        token = token.parent
        yield token


def descendants(token: JToken) -> Iterator[JToken]:
    stack = [iter(token)]
    while stack:
        for child in stack[-1]:
            yield child
            stack.append(iter(child))
            break
        else:
            stack.pop()


def sibling(token: JToken, offset: int) -> JToken | None:
    """The next or previous child of the same parent."""
    if token.parent is None:
        return None
    around = list(token.parent)
    place = token.parent.place(token) + offset
    return around[place] if 0 <= place < len(around) else None
