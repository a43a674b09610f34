"""What is wrong with a policy, in the words in which Azure's 400 says it."""

from collections.abc import Mapping, Sequence

from apimlb.errors import PolicyError
from apimlb.policy.document.reader import Element

_SHORTEST_SECRET = 8
NOT_IMPLEMENTED = "NotImplementedLocally"
"""The code of a problem that Azure does not have: an element that only the local gateway lacks."""


class InvalidPolicy(PolicyError):
    """A document that reads but does not compile.

    `target` is the element that Azure's error would name; `problems` are all that were found, this one first.
    """

    def __init__(
        self,
        what: str,
        *,
        line: int,
        column: int,
        target: str = "",
        code: str = "ValidationError",
        next_step: str = "",
    ) -> None:
        super().__init__(what, line=line, column=column, code=code, next_step=next_step)
        self.target = target
        self.problems: tuple[InvalidPolicy, ...] = (self,)


def problem(
    element: Element,
    what: str,
    *,
    code: str = "ValidationError",
    next_step: str = "",
    at: tuple[int, int] | None = None,
) -> InvalidPolicy:
    """A problem of `element`, worded as Azure does; `at` is a more exact line and column inside it."""
    line, column = at or (element.line, element.column)
    return InvalidPolicy(
        f"Error in element '{element.tag}' on line {element.line}, column {element.column}: {what}",
        line=line,
        column=column,
        target=element.tag,
        code=code,
        next_step=next_step,
    )


def combined(problems: Sequence[InvalidPolicy]) -> InvalidPolicy:
    """The first problem, carrying all of them."""
    first = problems[0]
    first.problems = tuple(problems)
    return first


def hide_values(error: PolicyError, named_values: Mapping[str, str]) -> None:
    """Put `{{name}}` back where a message quotes a named value, which may be a secret."""
    longest_first = sorted(named_values.items(), key=lambda pair: -len(pair[1]))
    for each in error.problems if isinstance(error, InvalidPolicy) else (error,):
        for name, value in longest_first:
            if len(value) >= _SHORTEST_SECRET:
                each.what = each.what.replace(value, f"{{{{{name}}}}}")
        each.args = (each.what,)
