"""Policy expressions, compiled: C# 7 to one Python function each, once per text.

The function can reach nothing but what the binder named for it: its globals hold no builtins, and every
method, type and constant in them comes from the tables of `apimlb.policy.apim.members`.
"""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from types import CodeType

from apimlb.policy.apim.context import Context
from apimlb.policy.apim.members import DEFINITIONS
from apimlb.policy.clr.budget import BUDGET, EVALUATION, SMALL, STEPS, UPLOAD_STEPS, Allowance, out_of_steps
from apimlb.policy.clr.casts import RUNTIME
from apimlb.policy.clr.catching import caught
from apimlb.policy.clr.dates.calendar import CALENDAR
from apimlb.policy.clr.exceptions import ClrException
from apimlb.policy.clr.types.constructed import defined_type
from apimlb.policy.clr.types.registry import Registry
from apimlb.policy.clr.utf16 import leave
from apimlb.policy.csharp.binding.binder import BoundExpression, bind_expression
from apimlb.policy.csharp.conversions import Conversions
from apimlb.policy.csharp.messages import MESSAGES
from apimlb.policy.csharp.syntax.lexer import SourceText
from apimlb.policy.csharp.syntax.parser import parse

_FILE = "<policy expression>"
_EXPRESSION = 90
"""Steps of compiling any expression, also one that is refused."""

_CACHE_SIZE = 4096
_LONGEST_KEPT = 16 * 1024
_LONGEST = 128 * 1024
_TOO_DEAR = "The expression takes more to compile than one upload may"
_NESTED = re.compile(r"nested|levels of indentation")
UNTRANSLATED = "Untranslated"
"""The code of an expression that we read, and then wrote no Python for that Python reads."""


@dataclass(slots=True, eq=False, repr=False)
class Expression:
    """A compiled expression. `type` is the static CLR type of its value, "null" where that is all it can be;
    `python` is the generated source, and `price` the steps that compiling it took."""

    type: str
    python: str
    reads_request_body: bool
    reads_response_body: bool
    price: int
    _run: Callable[[Context], object]
    _source: SourceText
    _offsets: tuple[int, ...]

    def __call__(self, context: Context) -> object:
        """The value; raises `ClrException`, with the policy's line in `line`."""
        budget = BUDGET
        CALENDAR.clock = context.clock
        if budget.allowance is not context.allowance:
            before = budget.open(context.allowance)
            try:
                return self(context)
            finally:
                budget.close(before)
        left = budget.left - EVALUATION
        if left > STEPS:
            budget.kept = kept = left - STEPS
            budget.left = STEPS
        else:
            kept = 0
            budget.left = left
        budget.numbered = None
        try:
            if left < 0:
                out_of_steps()
            value = self._run(context)
        except ClrException as error:
            error.line = self._policy_line(error)
            raise
        except Exception as error:
            raise caught(error) from error
        finally:
            budget.kept = 0
            budget.left = kept + budget.left if budget.left > 0 else kept
        if type(value) is str:
            if len(value) > SMALL:
                budget.spend(len(value) >> 6)  # whoever asked for it goes over it
            if not value.isascii():
                return leave(value)
        elif type(value) is bytearray:
            budget.spend(len(value) >> 8)
        return value

    def _policy_line(self, error: ClrException) -> int:
        """The line of the policy that the error rose from."""
        trace = error.__traceback__
        offset = 0
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == _FILE and 2 <= trace.tb_lineno <= len(self._offsets) + 1:
                offset = self._offsets[trace.tb_lineno - 2]
            trace = trace.tb_next
        return self._source.position(offset)[0]


def compile_expression(source: str, *, line: int = 1, column: int = 1) -> Expression:
    """Compile `@(...)` or `@{...}`; `line` and `column` say where it stands in the policy.

    Raises `PolicyError` for what C# 7 or API Management's allow-list refuses (code CS.... or NotAllowed).
    """
    if len(source) > _LONGEST_KEPT:
        return compile_fresh(source, line, column)
    before = BUDGET.left
    made = _compiled(source, line, column)
    BUDGET.spend(made.price - (before - BUDGET.left))  # it costs what it does when it is compiled anew
    return made


@cache
def library() -> tuple[Registry, Conversions]:
    """The tables, ready to be looked up in."""
    registry = Registry(DEFINITIONS)
    RUNTIME.registry = registry
    return registry, Conversions(registry)


def compile_fresh(text: str, line: int = 1, column: int = 1) -> Expression:
    """`compile_expression` without its cache. Raises `ClrException` when the allowance is used up;
    where no allowance is in use, the expression has that of an upload."""
    source = SourceText(text, line, column)
    if BUDGET.idle:
        try:
            with Allowance(UPLOAD_STEPS).turn():
                return compile_fresh(text, line, column)
        except ClrException:
            raise source.error(_TOO_DEAR, 0, "TooLong") from None
    before = BUDGET.left
    if len(text) > _LONGEST:
        raise source.error(f"The expression is longer than {_LONGEST} characters", 0, "TooLong")
    BUDGET.spend(_EXPRESSION + (len(text) >> 3))
    try:
        made = bind_expression(source, parse(source), *library())
        python, run = _load(source, made)
    except RecursionError:
        raise source.error("The expression is nested too deeply", 0, "CS8078") from None
    return Expression(
        made.type,
        python,
        made.reads_request_body,
        made.reads_response_body,
        before - BUDGET.left,
        run,
        SourceText(text, line, column),  # the one above keeps nodes of the tree
        tuple(each.at for each in made.lines),
    )


_compiled = lru_cache(maxsize=_CACHE_SIZE)(compile_fresh)


def not_converted(given: str, keyword: str) -> str:
    """The compiler's message about a value of a static type, by its CLR name, where it needs one of another,
    by its keyword."""
    if given == "null":
        return MESSAGES["CS0037"].format(keyword)
    registry, conversions = library()
    source, target = RUNTIME.type_named(given), registry.definition(keyword)
    by_cast = source and target and conversions.explicit(source, defined_type(target, ()))
    return MESSAGES["CS0266" if by_cast else "CS0029"].format(source.full if source else given, keyword)


def _load(source: SourceText, made: BoundExpression) -> tuple[str, Callable[[Context], object]]:
    lines = ("    " * (depth + 1) + text for text, _, depth in made.lines)
    python = "\n".join(("def expression(ctx):", *lines, ""))
    BUDGET.spend(len(python) >> 1)
    scope: dict[str, object] = {"__builtins__": {}, **made.names}
    try:
        # Python warns of `1 is None`, which stands for (object)1 is null.
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
            code: CodeType = compile(python, _FILE, "exec", dont_inherit=True)
    except MemoryError:
        raise RecursionError from None
    except SyntaxError as error:
        if _NESTED.search(error.msg):
            raise RecursionError from None
        raise source.error(
            "The expression cannot be translated",
            0,
            UNTRANSLATED,
            "Please report it: this is a fault of ours.",
        ) from error
    exec(code, scope)
    run = scope["expression"]
    assert callable(run)
    return python, run
