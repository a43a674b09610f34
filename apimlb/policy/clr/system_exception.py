"""Exception."""

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.types.definitions import Definition, setting

_CODES = {
    "System.ArgumentException": 0x80070057, "System.ArgumentNullException": 0x80004003,
    "System.ArgumentOutOfRangeException": 0x80131502, "System.ArithmeticException": 0x80070216,
    "System.ArrayTypeMismatchException": 0x80131503,
    "System.Collections.Generic.KeyNotFoundException": 0x80131577,
    "System.DivideByZeroException": 0x80020012, "System.FormatException": 0x80131537,
    "System.IndexOutOfRangeException": 0x80131508, "System.InvalidCastException": 0x80004002,
    "System.InvalidOperationException": 0x80131509, "System.NotSupportedException": 0x80131515,
    "System.NullReferenceException": 0x80004003, "System.ObjectDisposedException": 0x80131622,
    "System.OverflowException": 0x80131516, "System.RankException": 0x80131517,
    "System.UriFormatException": 0x80131537,
}  # fmt: skip
_ANY = 0x80131500


def new_exception(message: str | None = None, inner: ClrException | None = None) -> ClrException:
    text = message if message is not None else "Exception of type 'System.Exception' was thrown."
    return ClrException("System.Exception", text, inner)


def innermost(error: ClrException) -> ClrException:
    """GetBaseException()"""
    while error.inner is not None:
        BUDGET.spend()
        error = error.inner
    return error


def get_code(error: ClrException) -> int:
    """HResult"""
    if error.code is not None:
        return error.code
    return _CODES.get(error.type_name, _ANY) - 0x100000000


def get_source(error: ClrException) -> str | None:
    """Source: where it was thrown from, unless something else was said"""
    return "Policy" if error.source is None and error.__traceback__ is not None else error.source


DEFINITIONS = (
    Definition(
        "System.Exception", "class",
        rows=(
            ("string Message", "{0}.message"),
            ("Exception InnerException", "{0}.inner"),
            ("new([string message[, Exception inner]])", new_exception),
            ("Exception GetBaseException()", innermost),
            ("string StackTrace",
             lambda error: None if error.__traceback__ is None else "   at the policy expression"),
            ("string HelpLink", "{0}.help_link", setting("help_link")),
            ("string Source", get_source, setting("source")),
            ("int HResult", get_code, setting("code")),
        ),
    ),
)  # fmt: skip
