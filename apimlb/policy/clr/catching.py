"""Exceptions in `catch`: which CLR type each is, and which are not taken."""

from collections.abc import Callable

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException, null_reference


def caught(error: Exception) -> ClrException:
    """What a `catch` sees: CLR exceptions as they are. Python's own errors are what a null or an impossible
    value did inside a member of the library that does not check for it."""
    if isinstance(error, ClrException):
        return error
    if isinstance(error, RecursionError):
        BUDGET.left = -1  # nothing more is run on the way out: each frame could try again
        return ClrException(OVER_LIMIT, "The expression calls itself too deeply.")
    if isinstance(error, TypeError | AttributeError | AssertionError):
        return null_reference()
    if isinstance(error, MemoryError):
        return ClrException("System.OutOfMemoryException", "Insufficient memory to continue the execution.")
    return ClrException(
        "System.ArgumentException", f"Value does not fall within the expected range ({error})."
    )


def is_caught(error: ClrException) -> bool:
    """Whether a `catch` takes the exception: expressions may name no other type than Exception. The
    evaluator's own limits are not caught."""
    return error.type_name != OVER_LIMIT


def tried(parse: Callable[..., object], otherwise: object) -> Callable[..., tuple[bool, object]]:
    """TryParse of a Parse: whether it succeeded, and its result, or `otherwise` after an exception."""

    def run(*arguments: object) -> tuple[bool, object]:
        try:
            return True, parse(*arguments)
        except ClrException:
            return False, otherwise

    return run
