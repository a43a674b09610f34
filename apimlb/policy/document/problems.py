"""What is wrong with a policy, in the words in which Azure's 400 says it."""

import re
from collections.abc import Callable, Mapping

from apimlb.errors import PolicyError
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException
from apimlb.policy.document.reader import NAMED_VALUE, Element, Text

_SHORTEST_SECRET = 8
_HARMLESS = "7"
"""Reads as a number, inside a string, and as a name."""
_MOST_BLAMED = 5
"""Each costs one more compile of a document that is refused."""
_PLACE = re.compile(r" on line \d+,? (?:column|position) \d+| Line \d+, position \d+\.")
NOT_IMPLEMENTED = "NotImplementedLocally"
"""The code of a problem that Azure does not have: an element that only the local gateway lacks."""


class InvalidPolicy(PolicyError):
    """A document that reads but does not compile: a problem of `element`, worded as Azure does; `at` is a
    more exact place inside it.

    `target` is the element that Azure's error would name; `problems` are all that were found, this one first.
    """

    def __init__(
        self,
        element: Element,
        what: str,
        *,
        code: str = "ValidationError",
        next_step: str = "",
        at: Element | Text | PolicyError | None = None,
    ) -> None:
        place = at or element
        super().__init__(
            f"Error in element '{element.tag}' on line {element.line}, column {element.column}: {what}",
            line=place.line,
            column=place.column,
            code=code,
            next_step=next_step,
        )
        self.target = element.tag
        self.problems: tuple[InvalidPolicy, ...] = (self,)


def too_dear(element: Element, error: ClrException) -> InvalidPolicy:
    """The element that an upload's budget does not reach for; raises what is no matter of the budget."""
    if error.type_name != OVER_LIMIT:
        raise error
    return InvalidPolicy(
        element,
        "What the document holds up to here takes more to compile than one upload may.",
        code="TooLong",
        next_step="Azure may accept it; make its expressions shorter or fewer to run it locally.",
    )


def blame(
    error: PolicyError,
    text: str,
    named_values: Mapping[str, str],
    refusal: Callable[[Mapping[str, str]], PolicyError | None],
) -> None:
    """Name the named value that a problem comes from: with a harmless one in its place it is gone.

    `text` is all that refers to named values, and `refusal` says what is wrong with others in their places.
    """
    used = list(dict.fromkeys(name.lower() for name in NAMED_VALUE.findall(text)))
    known = {name.lower(): name for name in named_values}
    for name in [known[name] for name in used if name in known][:_MOST_BLAMED]:
        other = refusal({**named_values, name: _HARMLESS})
        left = {_placeless(each) for each in _all(other)} if other else set()
        for each in _all(error):
            if _placeless(each) not in left:
                each.what += f" It comes from the named value '{name}'."


def _all(error: PolicyError) -> tuple[PolicyError, ...]:
    return error.problems if isinstance(error, InvalidPolicy) else (error,)


def _placeless(error: PolicyError) -> str:
    """A message without its places, which a value of another length moves."""
    return _PLACE.sub("", error.what)


def hide_values(error: PolicyError, named_values: Mapping[str, str]) -> None:
    """Put `{{name}}` back where a message quotes a named value, which may be a secret."""
    longest_first = sorted(named_values.items(), key=lambda pair: -len(pair[1]))
    for each in _all(error):
        for name, value in longest_first:
            if len(value) >= _SHORTEST_SECRET:
                each.what = each.what.replace(value, f"{{{{{name}}}}}")
        each.args = (each.what,)
