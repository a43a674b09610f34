"""Exceptions in `catch`: which CLR type each is, and what it derives from."""

from apimlb.policy.values.exceptions import ClrException

_BASES = {
    "System.ArgumentNullException": "System.ArgumentException",
    "System.ArgumentOutOfRangeException": "System.ArgumentException",
    "System.ArgumentException": "System.SystemException",
    "System.DivideByZeroException": "System.ArithmeticException",
    "System.OverflowException": "System.ArithmeticException",
    "System.ArithmeticException": "System.SystemException",
    "System.UriFormatException": "System.FormatException",
    "System.FormatException": "System.SystemException",
    "System.ObjectDisposedException": "System.InvalidOperationException",
    "Newtonsoft.Json.JsonReaderException": "Newtonsoft.Json.JsonException",
    "Newtonsoft.Json.JsonSerializationException": "Newtonsoft.Json.JsonException",
    "System.Collections.Generic.KeyNotFoundException": "System.SystemException",
    "System.RegexMatchTimeoutException": "System.TimeoutException",
}


def caught(error: Exception) -> ClrException:
    """What a `catch` sees; Python's own recursion limit is a stack that ran out, all else is a fault of ours."""
    if isinstance(error, ClrException):
        return error
    if isinstance(error, RecursionError):
        return stack_overflow()
    raise error


def stack_overflow() -> ClrException:
    return ClrException(
        "System.InsufficientExecutionStackException", "The expression calls itself too deeply."
    )


def is_caught(error: ClrException, wanted: str) -> bool:
    """Whether `catch (wanted)` takes the exception. The evaluator's own limits are not caught."""
    if error.type_name == "System.InsufficientExecutionStackException":
        return False
    name = error.type_name
    while name not in (wanted, "System.SystemException", "System.Exception"):
        name = _BASES.get(name, "System.SystemException")
    return name == wanted or wanted == "System.Exception"
