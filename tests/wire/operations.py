"""The operations of Azure's SDKs for Python, read out of their source: what each sends and is answered.

An SDK has a function `build_…_request` for each operation, with method, URL and API version, and a method of
a class that calls it, gives the model of the body, names the statuses that are no error, and the model of the
answer. What takes its time is two methods: `_…_initial` sends, `begin_…` has the answer.
"""

import ast
import importlib
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

from apimlb.http import Request
from tests.wire.models import shape
from tests.wire.shapes import Field, Object, Rows, Scalar, Shape

SDKS = (
    "azure.mgmt.apimanagement",
    "azure.mgmt.authorization.v2022_04_01",
    "azure.mgmt.cognitiveservices",
    "azure.mgmt.msi.v2024_11_30",
    "azure.mgmt.resource.resources",
    "azure.mgmt.resource.subscriptions",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """`sent` and `answered` are None where there is no body."""

    name: str
    method: str
    path: str
    version: str
    statuses: frozenset[int]
    sent: Shape | None = None
    answered: Shape | None = None
    needed: frozenset[str] = frozenset()
    """What its query must have besides the version."""
    empty: bool = False
    """Whether an answer may be nothing."""

    def fits(self, request: Request) -> bool:
        """Whether a request is one of this operation."""
        if request.method != self.method or not _pattern(self.path).fullmatch(request.path):
            return False
        asked = request.query
        return self.version in ("", asked.get("api-version", "")) and self.needed <= set(asked)


_NAME = re.compile(r"(\{\w+\})")
_PATH = re.compile(r"""["'](/[^"'\n]*)["']""")
_SCOPES = {"{scope}", "{roleAssignmentId}", "{roleId}", "{resourceId}"}


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """What a path with names in braces fits; a scope has slashes in it."""
    parts = _NAME.split(path)
    wild = [(".+" if part in _SCOPES else "[^/]+") if part[:1] == "{" else re.escape(part) for part in parts]
    return re.compile("".join(wild), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Builder:
    """What a function that builds requests says of them."""

    method: str
    path: str
    version: str
    needed: frozenset[str]


@dataclass(slots=True)
class _Method:
    """What a method of an operations class says, as far as it says it."""

    builder: str = ""
    initial: str = ""
    statuses: frozenset[int] = frozenset()
    sent: str = ""
    answered: str = ""


@dataclass(frozen=True)
class _Source:
    """A module of an SDK: its text, and the paths that stand in it."""

    sdk: str
    text: str
    paths: frozenset[str]


def operations() -> tuple[Operation, ...]:
    """Every operation of the SDKs but those on whatever resource; what is most particular comes first."""
    return _sorted(_sources())


@lru_cache(4096)
def operations_at(path: str) -> tuple[Operation, ...]:
    """Those of the modules in which there is one at this path: to read all takes seconds."""
    near = [each for each in _sources() if any(_pattern(there).fullmatch(path) for there in each.paths)]
    return tuple(each for each in _sorted(near) if _pattern(each.path).fullmatch(path))


def _sorted(sources: Iterable[_Source]) -> tuple[Operation, ...]:
    found = [each for source in sources for each in _read(source) if each.version]
    return tuple(
        sorted(found, key=lambda each: (len(_NAME.sub("", each.path)), len(each.needed)), reverse=True)
    )


@cache
def _sources() -> tuple[_Source, ...]:
    texts = ((sdk, file.read_text()) for sdk in SDKS for file in _files(sdk))
    return tuple(_Source(sdk, text, frozenset(_PATH.findall(text))) for sdk, text in texts)


def _files(sdk: str) -> list[Path]:
    package = importlib.import_module(f"{sdk}.operations")
    return sorted(Path(package.__path__[0]).glob("_*operations.py"))


_PARSING = threading.Lock()
"""Python 3.11 counts how deep it is in a tree for all threads together (CPython's issue 106905)."""


@cache
def _read(source: _Source) -> tuple[Operation, ...]:
    with _PARSING:
        tree = ast.parse(source.text)
    return tuple(_module(tree, importlib.import_module(f"{source.sdk}.models")))


def _module(tree: ast.Module, models: ModuleType) -> Iterator[Operation]:
    builders = {
        node.name: _request(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("build_")
    }
    for room in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        methods = {
            node.name: _method(node, builders)
            for node in room.body
            if isinstance(node, ast.FunctionDef) and "overload" not in map(ast.unparse, node.decorator_list)
        }
        for name, last in methods.items():
            first = methods.get(last.initial, last)
            if first.builder and not name.endswith("_initial"):
                built = builders[first.builder]
                yield Operation(
                    f"{room.name.removesuffix('Operations')}.{name}",
                    built.method,
                    built.path,
                    built.version,
                    first.statuses,
                    shape(models, first.sent) if first.sent else None,
                    _answer(models, last.answered) if last.answered else None,
                    built.needed,
                )


def _answer(models: ModuleType, name: str) -> Shape:
    """The shape of an answer; the newer SDKs name the rows of a list alone."""
    if name[0] != "[":
        return shape(models, name)
    rows = Field(Rows(shape(models, name[1:-1])), required=True)
    return Object({"value": rows, "nextLink": Field(Scalar("text"))})


def _request(builder: ast.FunctionDef) -> _Builder:
    texts = [each.value for each in ast.walk(builder) if isinstance(each, ast.Constant)]
    [path] = {text for text in texts if isinstance(text, str) and text.startswith("/")}
    calls = _calls(builder)
    [method] = [
        ast.literal_eval(word.value) for call in calls for word in call.keywords if word.arg == "method"
    ]
    versions = [
        ast.literal_eval(call.args[1]) for call in calls if ast.unparse(call).startswith("_params.pop('api-v")
    ]
    # What is optional is set where an `if` says so.
    set_ = [ast.unparse(line.targets[0]) for line in builder.body if isinstance(line, ast.Assign)]
    needed = {name[1] for text in set_ if (name := re.fullmatch(r"_params\['(.+)'\]", text))}
    return _Builder(method, path, str(*versions[:1]), frozenset(needed - {"api-version"}))


def _method(node: ast.FunctionDef, builders: Iterable[str]) -> _Method:
    made = _Method()
    for call in _calls(node):
        called = ast.unparse(call.func)
        if called in builders:
            made.builder = called
        elif re.fullmatch(r"self\._\w+_initial", called):
            made.initial = called.removeprefix("self.")
        elif called == "self._serialize.body":
            made.sent = _type(call.args[1])
        elif called == "json.dumps":
            made.sent = _parameter(node)
        elif called in ("self._deserialize", "_deserialize") and "headers" not in ast.unparse(call.args[1]):
            made.answered = _type(call.args[0])
    for compared in (each for each in ast.walk(node) if isinstance(each, ast.Compare)):
        if ast.unparse(compared.left) == "response.status_code" and isinstance(compared.ops[0], ast.NotIn):
            made.statuses = frozenset(ast.literal_eval(compared.comparators[0]))
    return made


def _type(node: ast.expr) -> str:
    """A type as the older SDKs write it, from either's."""
    text = ast.literal_eval(node) if isinstance(node, ast.Constant) else ast.unparse(node)
    text = text.replace("_models.", "")
    rows = re.fullmatch(r"[Ll]ist\[(\w+)\]", text)
    return f"[{rows[1]}]" if rows else text


def _parameter(node: ast.FunctionDef) -> str:
    """The model among a method's parameters."""
    for each in node.args.args:
        found = re.search(r"_models\.(\w+)", ast.unparse(each.annotation) if each.annotation else "")
        if found:
            return found[1]
    raise LookupError(f"{node.name} sends a body of no model")


def _calls(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call)]
