"""The house keeps its own rules: who imports whom, how long a module may grow, what is imported when."""

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "apimlb"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES}
GROUND = {"apimlb.errors", "apimlb.clock", "apimlb.http", "apimlb.limits", "apimlb.files"}

# room -> (rooms it may import besides itself, third-party packages it may import)
TABLE: dict[str, tuple[set[str], set[str]]] = {
    "apimlb.errors": (set(), set()),
    "apimlb.clock": (set(), set()),
    "apimlb.http": (set(), set()),
    "apimlb.files": (set(), set()),
    "apimlb.limits": (set(), set()),
    "apimlb.stack.clients": (GROUND, set()),
    "apimlb.stack.config": (GROUND | {"apimlb.stack.clients"}, {"pydantic"}),
    "apimlb.stack": (GROUND | {"apimlb.stack"}, set()),
    "apimlb.policy.elements.jwt": (GROUND | {"apimlb.policy"}, {"jwt"}),
    "apimlb.policy.clr.time_zones.system": (GROUND | {"apimlb.policy"}, {"tzlocal"}),
    "apimlb.policy.clr.crypto.rsa_keys": (GROUND | {"apimlb.policy"}, {"cryptography"}),
    "apimlb.policy.clr.certificates.reader": (GROUND | {"apimlb.policy"}, {"cryptography"}),
    "apimlb.policy": (
        GROUND
        | {
            "apimlb.policy.clr.time_zones.system",
            "apimlb.policy.clr.crypto.rsa_keys",
            "apimlb.policy.clr.certificates.reader",
        },
        set(),
    ),
    "apimlb.render": (GROUND | {"apimlb.stack", "apimlb.policy"}, {"jinja2"}),
    "apimlb.deploy.sdk": (GROUND | {"apimlb.stack", "apimlb.deploy"}, {"azure"}),
    "apimlb.deploy": (GROUND | {"apimlb.stack", "apimlb.deploy.sdk"}, set()),
    "apimlb.local.store": (GROUND, set()),
    "apimlb.local.arm": (GROUND | {"apimlb.local.store", "apimlb.policy"}, set()),
    "apimlb.local.entra": (GROUND | {"apimlb.local.store"}, {"jwt", "cryptography"}),
    "apimlb.local.openai": (GROUND | {"apimlb.local.store"}, set()),
    "apimlb.local.gateway": (GROUND | {"apimlb.local.store", "apimlb.policy"}, set()),
    "apimlb.local.world": (GROUND | {"apimlb.local", "apimlb.policy.switches"}, set()),
    "apimlb.local.server": (GROUND | {"apimlb.local"}, {"httptools", "cryptography", "uvloop"}),
    "apimlb.local": (GROUND | {"apimlb.local"}, set()),
    "apimlb.cli": (GROUND | {"apimlb"}, {"typer", "rich", "openai", "tomlkit", "yaml"}),
    "apimlb.__main__": ({"apimlb.cli"}, set()),
    "apimlb": (set(), set()),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def room(module: str) -> str:
    """The row of the table that a module falls under: the longest that is a prefix of its name."""
    return max((r for r in TABLE if module == r or module.startswith(f"{r}.")), key=len)


def imports(path: Path) -> Iterator[str]:
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
        "pydantic",
        "rich",
        "apimlb.local",
        "apimlb.render",
        "apimlb.deploy",
    }
    assert loaded & heavy == set()


def test_printing_the_gateway_url_does_not_even_import_typer(tmp_path: Path) -> None:
    cached = tmp_path / "local" / "stacks" / "apimlb" / "state.json"
    cached.parent.mkdir(parents=True)
    cached.write_text('{"version": 1, "gateway_url": "http://127.0.0.1:4580", "subscription_id": "s"}')
    loaded = modules_after("gateway-url", "--local", "--state", str(tmp_path))
    assert "apimlb.cli.workspace" in loaded
    assert loaded & {"azure", "jinja2", "pydantic", "rich", "typer", "dataclasses"} == set()
