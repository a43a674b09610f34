"""Where a token stands: path, ancestors, descendants, neighbours."""

import re
from collections.abc import Iterable, Iterator

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.json.tokens import JContainer, JList, JProperty, JToken

_SPECIAL = re.compile(r"[. \[\]()]")


def path(token: JToken) -> str:
    """JToken.Path"""
    steps: list[str | int] = []
    here = None if token.parent is None else token
    while here is not None:
        BUDGET.spend()
        if isinstance(here, JProperty):
            steps.append(here.name)
        elif isinstance(here.parent, JList):
            steps.append(here.parent.place(here))
        here = here.parent
    return path_text(reversed(steps))


def path_text(steps: Iterable[str | int]) -> str:
    """A path as .NET shows it: `a.b[0].c`, with names that hold a dot, space or bracket in brackets."""
    return "".join(map(_step_text, steps)).lstrip(".")


def _step_text(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f"['{step}']" if _SPECIAL.search(step) else f".{step}"


def ancestors(token: JToken) -> Iterator[JToken]:
    while token.parent is not None:
        token = token.parent
        yield token


def descendants(token: JToken) -> Iterator[JToken]:
    stack = [iter(token)]
    while stack:
        for child in stack[-1]:
            yield child
            if isinstance(child, JContainer):
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
