"""What is secret is printed by the commands for it, is in the files that hold it, and nowhere else."""

import base64
import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CHAT, MESSAGES, CommandLine, free_port, post
from tests.integration.here import Ran

HOLDERS = {"endpoint.json", "azure.db", "azure.db-wal", "azure.db-shm", "server.key"}
"""The files that are meant to hold secrets."""


@pytest.fixture
def apimlb(tmp_path: Path) -> Iterator[CommandLine]:
    log = str(tmp_path / "wire.ndjson")
    Path(log).touch(0o644)
    run = CommandLine(tmp_path, {"APIMLB_TARGET": "local", "APIMLB_WIRE_LOG": log})
    run.ok("local", "up", "--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    yield run
    run("local", "down")


def planted(run: CommandLine) -> dict[str, str]:
    """Every secret that the state has, by what it is."""
    state = run.folder / ".apimlb" / "local"
    environment = json.loads(run.ok("local", "env", "--format", "json").out)
    key = "".join((state / "server.key").read_text().splitlines()[1:-1])
    found = {
        "the owner's secret": environment["AZURE_CLIENT_SECRET"],
        "a token": run.ok("local", "token").out.strip(),
        "a user's token": run.ok("local", "token", "--user", "u", "--audience", "api://x").out.strip(),
        "the gateway's key": run.environment()["AZURE_OPENAI_API_KEY"],
        "the certificate's key": key[len(key) // 3 : 2 * len(key) // 3],
    }
    database = b"".join(each.read_bytes() for each in state.glob("azure.db*")).decode("latin-1")
    for name, secret in re.findall(r'"(primaryKey|secondaryKey|key1|key2)":"([^"]{20,})"', database):
        found[f"{name} {secret[:4]}"] = secret
    (pem,) = set(re.findall(r'"pem":"-----BEGIN[^\\]*\\n([^"]*)"', database))
    found["the tenant's signing key"] = pem.split("\\n")[3]
    return found


def everything_said(run: CommandLine) -> list[Ran]:
    """All commands but the ones that are for secrets, those that fail too."""
    said = [run(*command.split()) for command in (
        "plan --debug", "deploy --yes --debug", "env --debug --stack nowhere",
        "deploy --yes --output json", "set-capacity 2", "set-capacity 0",
        "gateway-url",
        "local status", "local status --output json", "local fault add --status 503 --plane arm --count 2",
        "local fault list", "plan", "local fault clear", "local clock", "local clock advance 5m",
        "local account nobody --set pressure=2", "local up", "destroy --purge --yes", "destroy --yes", "env",
        "gateway-url", "local token --identity nobody",
    )]  # fmt: skip
    assert {ran.code for ran in said} >= {0, 2, 5, 6}
    return said


def test_nothing_secret_is_where_it_is_not_meant_to_be(apimlb: CommandLine) -> None:
    apimlb.ok("deploy", "--yes")
    url = apimlb.ok("gateway-url").out.strip()
    secrets = planted(apimlb)
    assert len(secrets) >= 8
    for key in (secrets["the gateway's key"], "wrong"):
        post(url + CHAT, {"messages": MESSAGES}, api_key=key)
        post(url + CHAT, {"messages": MESSAGES}, Authorization=f"Bearer {key}")
    said = everything_said(apimlb)
    apimlb("local", "down")
    texts = {f"output {number}": ran.out + ran.err for number, ran in enumerate(said)}
    for file in apimlb.folder.rglob("*"):
        if file.is_file() and file.name not in HOLDERS:
            texts[str(file)] = file.read_text(errors="replace")
    assert any("oauth2" in text for text in texts.values()), "the wire log has the exchanges for tokens"
    for place, text in texts.items():
        for name, secret in secrets.items():
            for form in (secret, base64.b64encode(secret.encode()).decode()):
                assert form not in text, f"{name} is in {place}"
        assert not re.search(r"eyJ[\w-]{10,}\.[\w-]+\.[\w-]*", text), f"a token is in {place}"
        assert "PRIVATE KEY" not in text, place


def test_what_holds_secrets_is_the_owners_alone(apimlb: CommandLine) -> None:
    apimlb.ok("deploy", "--yes")
    apimlb.ok("local", "token")
    state = apimlb.folder / ".apimlb" / "local"
    private = [*(each for each in state.iterdir() if each.name in HOLDERS), state / "server.log"]
    assert len(private) >= 4
    for file in (*private, apimlb.folder / "wire.ndjson"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_git_sees_nothing_of_the_state(apimlb: CommandLine) -> None:
    apimlb.ok("deploy", "--yes")
    assert (apimlb.folder / ".apimlb" / ".gitignore").read_text() == "*\n"


def test_a_folder_of_the_users_own_is_not_hidden_from_git(tmp_path: Path) -> None:
    """`--state` may name a folder with other things in it: only what is put there is kept out."""
    (tmp_path / "kept.txt").write_text("theirs")
    run = CommandLine(tmp_path, {})
    run.ok("local", "up", "--gateway-port", "0", "--arm-port", "0", "--state", ".")
    run.ok("local", "down", "--state", ".")
    assert not (tmp_path / ".gitignore").exists()
    assert (tmp_path / "local" / ".gitignore").read_text() == "*\n"
