"""The tests keep no time: a busy machine makes none of them fail.

What must come is waited for with `PATIENCE`, and that something took long enough may be asserted, never that
it was fast. `time.process_time` may have any limit, since it stands still while others have the processor.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = sorted(file for file in TESTS.rglob("*.py") if file.name != "__main__.py")
CLOCKS = {"time.perf_counter", "time.monotonic", "time.time"}
WAITS = {"asyncio.wait_for": 1, "asyncio.timeout": 0}
"""Where a wait that ends a test has its limit, by position."""
LIMITED = ("subprocess.", "requests.", "urllib.", "http.client.", "threading.")


def offences(tree: ast.AST) -> Iterator[str]:
    """Each place that holds a test to a time, with its line."""
    wanted = {id(inner) for node in ast.walk(tree) if runs_out(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in wanted:
            limit = limit_of(node)
            if limit is not None and ast.unparse(limit) != "PATIENCE":
                yield f"{node.lineno}: {ast.unparse(node.func)} waits for {ast.unparse(limit)}"
        elif isinstance(node, ast.Compare) and fast(node):
            yield f"{node.lineno}: {ast.unparse(node)}"


def runs_out(node: ast.AST) -> bool:
    """Whether a block is one whose time must run out."""
    return isinstance(node, ast.With) and "pytest.raises(TimeoutError)" in [
        ast.unparse(item.context_expr) for item in node.items
    ]


def limit_of(call: ast.Call) -> ast.expr | None:
    """The limit of a wait whose end would fail the test."""
    name = ast.unparse(call.func)
    if name in WAITS:
        return call.args[WAITS[name]] if len(call.args) > WAITS[name] else None
    if name.endswith(".result") and len(call.args) == 1:
        return call.args[0]
    named = [word.value for word in call.keywords if word.arg == "timeout"]
    return named[0] if named and name.startswith(LIMITED) else None


def fast(compared: ast.Compare) -> bool:
    """Whether a clock's reading must be below something."""
    clocks = [
        any(name in ast.unparse(side) for name in CLOCKS) for side in (compared.left, *compared.comparators)
    ]
    return any(
        (clocks[place] and isinstance(op, ast.Lt | ast.LtE))
        or (clocks[place + 1] and isinstance(op, ast.Gt | ast.GtE))
        for place, op in enumerate(compared.ops)
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TESTS)))
def test_nothing_must_be_fast(file: Path) -> None:
    assert list(offences(ast.parse(file.read_text()))) == []


@pytest.mark.parametrize(
    "line",
    [
        "assert time.perf_counter() - started < 10",
        "assert 5 >= time.monotonic() - started",
        "asyncio.wait_for(done.wait(), 2)",
        "asyncio.timeout(0.5)",
        "subprocess.run(command, timeout=60)",
        "future.result(20)",
        "threading.Barrier(2, timeout=10)",
    ],
)
def test_a_limit_is_found(line: str) -> None:
    assert len(list(offences(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "assert time.perf_counter() - started > 1",
        "assert time.process_time() - started < 10",
        "asyncio.wait_for(done.wait(), PATIENCE)",
        "subprocess.run(command, timeout=PATIENCE)",
        "with pytest.raises(TimeoutError):\n    asyncio.timeout(0.5)",
        "ForwardOptions(timeout=30)",
    ],
)
def test_what_takes_its_time_may(line: str) -> None:
    assert list(offences(ast.parse(line))) == []
