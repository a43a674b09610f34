"""Whatever a user gets wrong ends in a message that says what, where and what next, never in a traceback."""

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
import tomlkit
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from apimlb.cli.capacity_file import change_capacity
from tests.integration.command_line import CommandLine, free_port
from tests.integration.here import Ran, run_here, well_told
from tests.patience import PATIENCE

POLICY = "<policies><inbound><base /></inbound><backend><forward-request /></backend></policies>"
STACK = (
    ["plan", "--local"],
    ["deploy", "--local", "--yes"],
    ["set-capacity", "5", "--local"],
    ["gateway-url", "--local"],
    ["env", "--local"],
    ["destroy", "--purge", "--local", "--yes"],
    ["render"],
    ["plan"],
)
LOCAL = (
    ["local", "status"],
    ["local", "env"],
    ["local", "token"],
    ["local", "clock"],
    ["local", "clock", "advance", "5m"],
    ["local", "fault", "list"],
    ["local", "account", "a/b c\nd", "--set", "pressure=2"],
    ["local", "down"],
)

plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["http://[", "https://a.test:99999999/", "2026-99-99", "-1", "", "P1D"]),
    st.dates(),
)
anything = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
replies = st.dictionaries(st.sampled_from(["status", "headers", "body", "after", "fails"]), anything)
backends = st.lists(
    st.fixed_dictionaries({}, optional={"match": anything, "reply": st.one_of(replies, anything)})
)
MEMBERS = [
    "id",
    "name",
    "key",
    "path",
    "method",
    "url",
    "url_template",
    "headers",
    "body",
    "ip",
    "parameters",
    "email",
    "groups",
    "region",
    "service_url",
    "protocols",
    "created_date",
]
members = st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=4)
views = [
    "request",
    "api",
    "operation",
    "product",
    "subscription",
    "user",
    "deployment",
    "response",
    "last_error",
]
OTHERS = [
    "service_url",
    "path",
    "variables",
    "named_values",
    "fragments",
    "backend_urls",
    "identity",
    "clock",
    "seed",
    "adverse",
    "nonsense",
]
written_cases = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.one_of(members, anything) for name in views[:7]},
        **dict.fromkeys(OTHERS, anything),
        "backends": st.one_of(backends, anything),
    },
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.one_of(members, anything) for name in views},
        "variables": st.dictionaries(
            st.text(max_size=3),
            st.one_of(
                anything,
                st.fixed_dictionaries(
                    {"value": anything},
                    optional={
                        "type": st.sampled_from(["int", "Guid", "DateTime", "JObject", "byte[]", "Jwt"])
                    },
                ),
            ),
            max_size=2,
        ),
        "timestamp": anything,
        "request_id": anything,
        "elapsed": anything,
    },
)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder; a command that got further than expected may have started a local Azure in it, which ends."""
    with tempfile.TemporaryDirectory() as made:
        try:
            yield Path(made)
        finally:
            if (Path(made) / ".apimlb" / "local").is_dir():
                down = [sys.executable, "-P", "-m", "apimlb", "local", "down"]
                subprocess.run(down, cwd=made, capture_output=True, check=False)


def dumped(value: object) -> str:
    return json.dumps(value, default=str)


@settings(max_examples=250, deadline=None)
@given(written_cases)
def test_a_case_of_any_shape(case: dict[str, object]) -> None:
    with folder() as here:
        (here / "p.xml").write_text(POLICY)
        (here / "c.yaml").write_text(
            yaml.safe_dump(case, allow_unicode=True), encoding="utf-8", errors="replace"
        )
        well_told(run_here(here, "policy", "trace", "p.xml", "--case", "c.yaml"))


@settings(max_examples=250, deadline=None)
@given(
    contexts, st.sampled_from(["@(context.Request.Url.Port)", "@(context.Api.Path + context.Operation.Id)"])
)
def test_a_context_of_any_shape(context: dict[str, object], expression: str) -> None:
    with folder() as here:
        (here / "c.json").write_text(dumped(context), encoding="utf-8", errors="replace")
        well_told(run_here(here, "policy", "eval", expression, "--context", "c.json"))


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=40), anything.map(lambda value: dumped(value).encode())))
def test_a_file_of_any_bytes(content: bytes) -> None:
    with folder() as here:
        (here / "f").write_bytes(content)
        (here / "ok").write_text(POLICY)
        for command in (
            ["policy", "eval", "--cases", "f"],
            ["policy", "eval", "@(1)", "--context", "f"],
            ["policy", "trace", "ok", "--case", "f"],
            ["policy", "trace", "f", "--case", "f"],
            ["render", "--config", "f"],
            ["plan", "--local", "--config", "f"],
        ):
            well_told(run_here(here, *command))


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["name", "location", "tier", "strategy", "clients", "accounts", "deployments"]),
        st.recursive(
            st.one_of(st.integers(), st.booleans(), st.text("ab-9 ", max_size=5), st.floats()),
            lambda inner: st.one_of(
                st.lists(inner, max_size=2),
                st.dictionaries(st.sampled_from(["chat", "model", "version", "capacity", "endpoint"]), inner),
            ),
        ),
    )
)
def test_a_stack_of_any_shape(tables: dict[str, object]) -> None:
    with folder() as here:
        (here / "apimlb.toml").write_text(tomlkit.dumps(tables), encoding="utf-8")
        well_told(run_here(here, "render"))


BROKEN_FILES: dict[str, Callable[[Path], object]] = {
    "latin-1": lambda file: file.write_bytes('name = "café"'.encode("latin-1")),
    "no TOML": lambda file: file.write_text("name ="),
    "nested too deep": lambda file: file.write_text("a = " + "[" * 9000),
    "a folder": lambda file: file.mkdir(),
    "a number for a name": lambda file: file.write_text("name = 5"),
    "a link to itself": lambda file: file.symlink_to(file),
    "zero bytes": lambda file: file.write_bytes(b"\0" * 20),
}


@pytest.mark.parametrize("broken", BROKEN_FILES)
@pytest.mark.parametrize("command", STACK, ids=" ".join)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, broken: str, command: list[str]) -> None:
    BROKEN_FILES[broken](tmp_path / "apimlb.toml")
    ran = run_here(tmp_path, *command)
    assert not well_told(ran)
    assert "apimlb.toml" in ran.err


BROKEN_STATES: dict[str, Callable[[Path], object]] = {
    "a file instead of .apimlb": lambda state: state.write_text("hello"),
    "a file instead of local": lambda state: [state.mkdir(), (state / "local").write_text("hello")],  # type: ignore[func-returns-value]
    "an endpoint that is a list": lambda state: placed(state, "endpoint.json", "[]"),
    "an endpoint of wrong types": lambda state: placed(
        state,
        "endpoint.json",
        dumped(dict.fromkeys(("pid", "gateway_url", "arm_url", "ca", "tenant_id", "subscription_id"), 5)),
    ),
    "a cache that is a folder": lambda state: (state / "local/stacks/apimlb/state.json").mkdir(parents=True),
    "a cache of null": lambda state: placed(state, "stacks/apimlb/state.json", "null"),
}


def placed(state: Path, name: str, text: str) -> None:
    file = state / "local" / name
    file.parent.mkdir(parents=True)
    file.write_text(text)


@pytest.mark.parametrize("broken", BROKEN_STATES)
@pytest.mark.parametrize(
    "command", [c for c in (*STACK, *LOCAL) if c[0] not in ("deploy", "plan", "render")], ids=" ".join
)
def test_a_state_that_cannot_be_used(tmp_path: Path, broken: str, command: list[str]) -> None:
    BROKEN_STATES[broken](tmp_path / ".apimlb")
    assert not well_told(run_here(tmp_path, *command))


def test_a_file_where_the_state_belongs_is_told_by_whoever_would_write(tmp_path: Path) -> None:
    (tmp_path / ".apimlb").write_text("mine")
    for command in (["deploy", "--local", "--yes"], ["local", "up"]):
        ran = run_here(tmp_path, *command)
        assert (ran.code, well_told(ran)) == (2, False)
        assert ".apimlb" in ran.err
    assert (tmp_path / ".apimlb").read_text() == "mine"


KEY = "-----BEGIN PRIVATE KEY-----"
SET_KEY = "UPDATE documents SET hidden = '{}' WHERE kind = 'apimlb/signingkeys'"
DAMAGED_FILES = ("server.key", "server.pem", "ca.pem", "endpoint.json", "ports.json", "server.log")


def garbage(state: Path) -> None:
    (state / "azure.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)


def folder_for_database(state: Path) -> None:
    for each in state.glob("azure.db*"):
        each.unlink()
    (state / "azure.db").mkdir()


def undecodable(state: Path) -> None:
    _update(
        state, "UPDATE documents SET hidden = CAST(X'" + f'{{"pem": "{KEY}'.encode().hex() + "FF' AS TEXT)"
    )


def no_json(state: Path) -> None:
    _update(state, SET_KEY.format(f'{{"pem": "{KEY}'))


def no_key(state: Path) -> None:
    _update(
        state, f"""UPDATE documents SET hidden = '{{"pem": "{KEY}"}}' WHERE kind = 'apimlb/signingkeys'"""
    )


def no_secret(state: Path) -> None:
    _update(state, "UPDATE documents SET hidden = '{}' WHERE kind = 'apimlb/owners'")


def newer(state: Path) -> None:
    _update(state, "PRAGMA user_version = 99")


def _update(state: Path, statement: str) -> None:
    database = sqlite3.connect(state / "azure.db")
    database.execute(statement)
    database.commit()
    database.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a local Azure has run and was stopped."""
    here = tmp_path_factory.mktemp("kept")
    started(here)
    CommandLine(here, {}).ok("local", "down")
    return here


def started(here: Path) -> Ran:
    return CommandLine(here, {})("local", "up", "--gateway-port", "0", "--arm-port", "0")


@pytest.mark.parametrize(
    "damage",
    [garbage, folder_for_database, undecodable, no_json, no_key, no_secret, newer],
    ids=lambda d: d.__name__,
)
def test_a_damaged_database_is_told_and_quotes_nothing(
    kept: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    damage(tmp_path / ".apimlb" / "local")
    ran = started(tmp_path)
    try:
        assert not well_told(ran)
        assert ran.code in (2, 5)
        assert "azure.db" in ran.err
        log = (tmp_path / ".apimlb/local/server.log").read_text()
        for text in (ran.err, ran.out, log):
            assert "PRIVATE" not in text
            assert "Traceback" not in text
    finally:
        CommandLine(tmp_path, {})("local", "down")


@pytest.mark.parametrize(
    "name", ["server.key", "server.pem", "ca.pem", "endpoint.json", "ports.json", "server.log"]
)
def test_a_damaged_file_beside_it_is_made_anew(kept: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    (tmp_path / ".apimlb" / "local" / name).write_text('["nothing that it should be"]')
    ran = started(tmp_path)
    CommandLine(tmp_path, {}).ok("local", "down")
    assert ran.code == 0, ran.err


def test_ports_that_cannot_be_are_told_before_anything_starts(tmp_path: Path) -> None:
    port = str(free_port())
    ran = run_here(tmp_path, "local", "up", "--gateway-port", port, "--arm-port", port)
    assert (ran.code, well_told(ran)) == (2, False)
    assert port in ran.err
    assert not (tmp_path / ".apimlb").exists()


SHADOWS = (
    "secrets",
    "typing",
    "json",
    "random",
    "asyncio",
    "dataclasses",
    "email",
    "ssl",
    "sqlite3",
    "logging",
)


@pytest.mark.parametrize("called", [["-m", "apimlb"], [str(Path(sys.executable).parent / "apimlb")]], ids=len)
def test_files_of_the_users_stand_in_for_no_module(tmp_path: Path, called: list[str]) -> None:
    names = SHADOWS if called[0] == "-m" else (*SHADOWS, "apimlb", "collections", "types")
    for name in names:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *called, *arguments] if called[0] == "-m" else [*called, *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        run("local", "up", "--gateway-port", "0", "--arm-port", "0")
        url = run("deploy", "--local", "--yes").split()[-1]
        assert run("gateway-url", "--local").strip() == url
        assert "chat" in run("local", "status")
    finally:
        CommandLine(tmp_path.parent, {})("local", "down", "--state", str(tmp_path / ".apimlb"))


def test_references_go_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert well_told(run_here(tmp_path, "render", "--references", "a/b"))
    assert well_told(run_here(tmp_path, "render", "--references", "a/b", "--check"))
    (tmp_path / "a/b/retry.xml").write_bytes(b"\xff")
    ran = run_here(tmp_path, "render", "--references", "a/b", "--check")
    assert (ran.code, well_told(ran)) == (2, False)
    (tmp_path / "file").write_text("")
    assert not well_told(run_here(tmp_path, "render", "--references", "file"))


def bound(here: Path, *arguments: str) -> Ran:
    """The command as one whom permissions bind; root is, once it has given up its right to pass over them."""
    give_up = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if give_up and subprocess.run([*give_up, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root, who may write everywhere, cannot give that up here")
    done = subprocess.run(
        [*give_up, sys.executable, "-P", "-m", "apimlb", *arguments],
        cwd=here,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "command",
    [["local", "up"], ["deploy", "--local", "--yes"], ["local", "status"], ["render", "--references", "x"]],
    ids=" ".join,
)
def test_a_folder_that_may_not_be_written_to(command: list[str]) -> None:
    with folder() as here:
        here.chmod(0o555)
        ran = bound(here, *command)
        here.chmod(0o755)
    assert not well_told(ran)
    if command != ["local", "status"]:
        assert (ran.code, "Permission denied" in ran.err) == (2, True)


def test_a_configuration_that_may_not_be_written_is_left_and_told(tmp_path: Path) -> None:
    """Azure has the capacity by then: the message says so, and the file is whole."""
    text = '[deployments.chat]\nmodel = "m"\nversion = "1"\ncapacity = 30\n'
    file = tmp_path / "apimlb.toml"
    file.write_text(text)
    (tmp_path / "apimlb.toml.new").mkdir()
    with pytest.raises(OSError, match=r"apimlb\.toml") as raised:
        change_capacity(file, 50)
    assert raised.value.errno in (errno.EISDIR, errno.EPERM)
    assert file.read_text() == text


class TestOutput:
    def piped(self, here: Path, command: str) -> subprocess.CompletedProcess[str]:
        apimlb = f"{sys.executable} -m apimlb"
        return subprocess.run(
            ["bash", "-c", command.replace("apimlb", apimlb)],
            cwd=here,
            env={"PATH": os.environ["PATH"], "HOME": str(here)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    @pytest.mark.parametrize("command", ["render", "--help", "local status", "policy eval '@(1)'"])
    def test_that_nobody_reads_ends_quietly(self, tmp_path: Path, command: str) -> None:
        done = self.piped(tmp_path, f"apimlb {command} 2>&1 > >(exec 0<&-) | cat; exit ${{PIPESTATUS[0]}}")
        assert done.returncode in (0, 6, 141), done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        assert "BrokenPipe" not in done.stdout + done.stderr

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to write to")
    @pytest.mark.parametrize(
        "command",
        ["render", "policy eval '@(1)'", "--help", "--no-color status -h", "version", "-o json version"],
    )
    def test_that_does_not_fit_on_the_disk_is_told(self, tmp_path: Path, command: str) -> None:
        done = self.piped(tmp_path, f"apimlb {command} > /dev/full")
        assert done.returncode == 5, done.stderr
        assert "No space left" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "apimlb-error.log").exists()

    def test_that_the_terminal_cannot_write_is_written_otherwise(self, tmp_path: Path) -> None:
        (tmp_path / "c.json").write_text('{"request": {"method": "→"}}')
        done = self.piped(
            tmp_path,
            "PYTHONIOENCODING=ascii apimlb policy eval '@(context.Request.Method)' --context c.json",
        )
        assert (done.returncode, done.stdout) == (0, "System.String \\u2192\n")


@pytest.mark.parametrize(
    "command", [[], ["local"], ["local", "fault", "add"], ["policy", "trace"], *STACK[:3]]
)
def test_every_command_tells_its_help_in_both_ways(tmp_path: Path, command: list[str]) -> None:
    words = [word for word in command if not word.startswith("--")]
    short, long = (run_here(tmp_path, *words, option) for option in ("-h", "--help"))
    assert (short.code, long.code) == (0, 0), short.err
    assert short.out == long.out
    assert "Usage: apimlb" in short.out


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert run_here(tmp_path, "--version").out == f"apimlb {version('apimlb')}\n"
