"""The house keeps its own rules: who imports whom, how long a module may grow, what is imported when."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "apimlb"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES}
GROUND = {
    "apimlb.errors",
    "apimlb.clock",
    "apimlb.wall_clock",
    "apimlb.http",
    "apimlb.limits",
    "apimlb.numerals",
    "apimlb.files",
}

# room -> (rooms it may import besides itself, third-party packages it may import)
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "apimlb.errors": (set(), set()),
    "apimlb.clock": (set(), set()),
    "apimlb.wall_clock": ({"apimlb.clock"}, set()),
    "apimlb.http": (set(), set()),
    "apimlb.files": (set(), set()),
    "apimlb.limits": (set(), set()),
    "apimlb.numerals": (set(), set()),
    "apimlb.stack.choices": (set(), set()),
    "apimlb.stack.clients": (GROUND, set()),
    "apimlb.stack.complaints": (GROUND, set()),
    "apimlb.stack.contradictions": ({"apimlb.stack.choices"}, set()),
    "apimlb.stack.config": (
        GROUND
        | {
            "apimlb.stack.choices",
            "apimlb.stack.clients",
            "apimlb.stack.complaints",
            "apimlb.stack.contradictions",
            "apimlb.stack.parts",
        },
        {"pydantic"},
    ),
    "apimlb.stack.parts": (GROUND, {"pydantic"}),
    "apimlb.stack": (GROUND | {"apimlb.stack", "apimlb.policy.document.brackets"}, set()),
    "apimlb.policy.elements.liquid": (GROUND | {"apimlb.policy"}, {"liquid"}),
    "apimlb.policy.elements.jwt": (GROUND | {"apimlb.policy"}, {"jwt"}),
    "apimlb.policy.clr.time_zones.system": (GROUND | {"apimlb.policy"}, {"tzlocal"}),
    "apimlb.policy.clr.crypto.aes": (GROUND | {"apimlb.policy"}, {"cryptography"}),
    "apimlb.policy.clr.crypto.rsa": (GROUND | {"apimlb.policy"}, {"cryptography"}),
    "apimlb.policy.clr.certificates.reader": (GROUND | {"apimlb.policy"}, {"cryptography"}),
    "apimlb.policy": (
        GROUND
        | {
            "apimlb.policy.clr.time_zones.system",
            "apimlb.policy.clr.crypto.aes",
            "apimlb.policy.clr.crypto.rsa",
            "apimlb.policy.clr.certificates.reader",
        },
        set(),
    ),
    "apimlb.render": (GROUND | {"apimlb.stack", "apimlb.policy"}, {"jinja2"}),
    "apimlb.deploy.sdk": (GROUND | {"apimlb.stack", "apimlb.deploy"}, {"azure"}),
    "apimlb.deploy": (GROUND | {"apimlb.stack", "apimlb.deploy.sdk"}, set()),
    "apimlb.local.store": (GROUND, set()),
    "apimlb.local.compiling": (GROUND | {"apimlb.policy"}, set()),
    "apimlb.local.arm": (GROUND | {"apimlb.local.store", "apimlb.local.compiling", "apimlb.policy"}, set()),
    "apimlb.local.entra": (GROUND | {"apimlb.local.store"}, {"jwt", "cryptography"}),
    "apimlb.local.openai": (GROUND | {"apimlb.local.store"}, set()),
    "apimlb.local.safety": (GROUND, set()),
    "apimlb.local.gateway": (
        GROUND | {"apimlb.local.store", "apimlb.local.compiling", "apimlb.policy"},
        set(),
    ),
    "apimlb.local.world": (GROUND | {"apimlb.local", "apimlb.policy.switches"}, set()),
    "apimlb.local.server": (
        GROUND | {"apimlb.local", "apimlb.policy.apim.credentials"},
        {"httptools", "cryptography", "uvloop"},
    ),
    "apimlb.local": (GROUND | {"apimlb.local"}, set()),
    "apimlb.simulator.plot": (GROUND | {"apimlb.simulator"}, {"matplotlib"}),
    "apimlb.simulator": (GROUND | {"apimlb.stack", "apimlb.local"}, set()),
    "apimlb.loadtest.locustfile": (set(), {"gevent", "locust", "requests", "urllib3"}),  # runs anywhere
    "apimlb.loadtest": (GROUND, set()),
    "apimlb.verify": (GROUND | {"apimlb.deploy.cloud", "apimlb.deploy.gateway"}, set()),
    "apimlb.cli": (GROUND | {"apimlb"}, {"typer", "rich", "openai", "tomlkit", "yaml"}),
    "apimlb.__main__": ({"apimlb.cli"}, set()),
    "apimlb": (set(), set()),
}


# The floors of apimlb.policy, from the ground up (see its docstring): a module imports from its own and from
# those below. A module belongs to the room with the longest name that is a prefix of its own.
FLOORS: list[set[str]] = [
    {"switches", "clr.exceptions", "clr.budget", "clr.catching", "clr.utf16", "clr.host", "clr.enums"}
    | {"clr.guids", "clr.keywords", "clr.objects.text"},
    {
        "clr.numbers.arithmetic",
        "clr.numbers.formatting",
        "clr.numbers.layouts",
        "clr.chance.generator",
        "clr.strings.encodings",
    }
    | {
        "clr.dates.instants",
        "clr.dates.formatting",
        "clr.dates.calendar",
        "clr.dates.machine",
        "clr.dates.parsing",
    }
    | {"clr.web.uris", "clr.web.hosts", "clr.web.escapes"}
    | {"clr.collections.containers", "clr.collections.sequences", "clr.collections.hash_tables"}
    | {"clr.collections.queues", "clr.linq.groups"}
    | {"clr.json.tokens", "clr.json.tree", "clr.json.writer"}
    | {"clr.xml.names", "clr.xml.nodes", "clr.xml.writer", "clr.metering"},
    {"clr.objects.collation", "clr.objects.ordering", "clr.objects.anonymous", "clr.types"},
    {"clr.casts", "clr.collections.iteration", "clr.collections.enumerators"},
    {"clr.convert", "clr.system_exception"},
    {"clr.objects", "clr.numbers", "clr.dates"},
    {"clr.strings"},
    {"clr.collections"},
    {"clr.json", "clr.xml", "clr.linq", "clr.regex", "clr.web", "clr.chance", "clr.time_zones"},
    {"clr.crypto"},
    {"clr.certificates"},
    {"clr.library"},
    {"apim"},
    {"csharp.syntax", "run"},
    {"csharp.conversions", "csharp.known_names", "csharp.messages", "csharp.runtime"},
    {"csharp.binding.bound", "csharp.binding.emit", "csharp.binding.captures"},
    {"csharp.binding.scope", "csharp.binding.dispatch"},
    {"csharp.binding.values", "csharp.binding.lookup", "csharp.binding.conversion", "csharp.binding.text"},
    {"csharp.binding.flow_state", "csharp.binding.flow"},
    {"csharp.binding.folding", "csharp.binding.arithmetic", "csharp.binding.operators"},
    {"csharp.binding.assignables", "csharp.binding.arguments", "csharp.binding.overloads"}
    | {"csharp.binding.calls"},
    {"csharp.binding.members", "csharp.binding.assignment", "csharp.binding.creation"}
    | {"csharp.binding.functions"},
    {"csharp.binding.blocks", "csharp.binding.loops", "csharp.binding.switch"},
    {"csharp.binding"},
    {"csharp.expression"},
    {"document"},
    {"elements"},
    {"compiler"},
    {"rehearse"},
]
# What the rest of apimlb may import of apimlb.policy.
PUBLIC = {"compiler", "document.reader", "document.brackets", "run", "apim.bodies", "apim.context"}
PUBLIC |= {"apim.credentials", "rehearse", "switches"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(module: str) -> str:
    """The row of the table that a module falls under: the longest that is a prefix of its name."""
    return max((r for r in TABLE if module == r or module.startswith(f"{r}.")), key=len)


@cache
def imports(path: Path) -> frozenset[str]:
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in NAMES else node.module or ""


def allowed(imported: str, rooms: set[str]) -> bool:
    return any(imported == r or imported.startswith(f"{r}.") for r in rooms)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_room_imports_only_what_the_table_lists(path: Path) -> None:
    home = room(module_name(path))
    rooms, packages = TABLE[home]
    for imported in imports(path):
        top = imported.split(".")[0]
        if top == "apimlb":
            assert room(imported) == home or allowed(imported, rooms), (
                f"{module_name(path)} imports {imported}"
            )
        elif top not in sys.stdlib_module_names:
            assert top in packages, f"{module_name(path)} imports {imported}"


def policy_room(module: str) -> str:
    inside = module.removeprefix("apimlb.policy.")
    return max((r for floor in FLOORS for r in floor if allowed(inside, {r})), key=len)


def policy_floor(module: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if policy_room(module) in floor)


def policy_modules() -> list[Path]:
    """All but packages that hold nothing."""
    found = [path for path in MODULES if module_name(path).startswith("apimlb.policy.")]
    return [path for path in found if path.name != "__init__.py" or imports(path)]


@pytest.mark.parametrize("path", policy_modules(), ids=module_name)
def test_no_arrow_of_the_policy_language_points_upward(path: Path) -> None:
    home = policy_floor(module_name(path))
    for imported in imports(path):
        if imported.startswith("apimlb.policy."):
            assert policy_floor(imported) <= home, f"{module_name(path)} imports {imported}"


def test_expressions_and_runs_do_not_know_each_other() -> None:
    for path in policy_modules():
        inside = policy_room(module_name(path))
        other = {"csharp.syntax": "run", "run": "csharp.syntax"}.get(inside)
        assert not [i for i in imports(path) if other and i.startswith(f"apimlb.policy.{other}")], path


def test_the_rest_imports_what_is_public_of_the_policy_language() -> None:
    for path in MODULES:
        if module_name(path).startswith("apimlb.policy"):
            continue
        for imported in imports(path):
            if imported.startswith("apimlb.policy"):
                inside = imported.removeprefix("apimlb.policy.")
                assert allowed(inside, PUBLIC), f"{module_name(path)} imports {imported}"


def test_a_class_of_the_policy_language_has_a_name_of_its_own() -> None:
    homes: dict[str, Path] = {}
    for path in policy_modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                assert homes.setdefault(node.name, path) == path, (
                    f"{node.name} is in {homes[node.name]} and {path}"
                )


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module_name(path): imports(path) & NAMES for path in MODULES}
    settled: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way, module))
        if module not in settled:
            for imported in sorted(graph.get(module, ())):
                visit(imported, (*way, module))
            settled.add(module)

    for module in graph:
        visit(module, ())


def test_nothing_imports_the_command_line() -> None:
    for path in MODULES:
        if not module_name(path).startswith(("apimlb.cli", "apimlb.__main__")):
            assert not [i for i in imports(path) if i.startswith("apimlb.cli")], path


def functions() -> Iterator[tuple[str, int]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{module_name(path)}.{node.name}", node.end_lineno - node.lineno + 1


def test_functions_stay_short() -> None:
    lengths = dict(functions())
    ordered = sorted(lengths.values())
    assert {name: n for name, n in lengths.items() if n > 60} == {}
    assert statistics.median(ordered) <= 10
    assert ordered[int(len(ordered) * 0.9)] <= 30


def test_modules_stay_within_a_sitting() -> None:
    lengths = {module_name(path): len(path.read_text().splitlines()) for path in MODULES}
    ordered = sorted(n for n in lengths.values() if n > 1)
    assert {name: n for name, n in lengths.items() if n > 400} == {}
    assert ordered[int(len(ordered) * 0.9)] <= 320


def modules_after(*arguments: str) -> set[str]:
    code = f"""
import sys, contextlib, io
sys.argv = ["apimlb", *{list(arguments)!r}]
from apimlb.cli.entry import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    try:
        main()
    except SystemExit:
        pass
print("\\n".join(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_help_imports_nothing_heavy() -> None:
    loaded = modules_after("--help")
    heavy = {
        "asyncio",
        "azure",
        "jinja2",
        "matplotlib",
        "pydantic",
        "rich",
        "apimlb.local",
        "apimlb.render",
        "apimlb.deploy",
    }
    assert loaded & heavy == set()


@pytest.mark.parametrize("command", ["render", "config show"])
def test_what_asks_nothing_of_azure_imports_no_sdk(command: str, tmp_path: Path) -> None:
    loaded = modules_after(*command.split(), "--config", str(tmp_path / "apimlb.toml"))
    assert "apimlb.stack.config" in loaded
    assert loaded & {"azure", "requests", "apimlb.deploy.azure", "apimlb.local"} == set()


def test_printing_the_gateway_url_does_not_even_import_typer(tmp_path: Path) -> None:
    cached = tmp_path / "local" / "stacks" / "apimlb" / "state.json"
    cached.parent.mkdir(parents=True)
    cached.write_text('{"version": 1, "gateway_url": "http://127.0.0.1:4580", "subscription_id": "s"}')
    loaded = modules_after("gateway-url", "--local", "--state", str(tmp_path))
    assert "apimlb.cli.workspace" in loaded
    assert loaded & {"azure", "jinja2", "pydantic", "rich", "typer", "dataclasses"} == set()


def test_what_compiles_a_policy_waits_for_what_few_policies_need() -> None:
    code = "import sys, apimlb.policy.compiler; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    families = (
        "certificates.x509", "crypto.rsa", "crypto.aes", "time_zones.zones", "regex.machine", "xml.nodes",
        "linq.enumerable", "json.jtoken", "json.path", "dates.date_time", "collections.sets",
    )  # fmt: skip
    late = {"jwt", "cryptography", *(f"apimlb.policy.clr.{name}" for name in families)}
    assert late - {"jwt", "cryptography"} <= NAMES
    assert loaded & late == set()
