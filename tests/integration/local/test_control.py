"""The local Azure at the hands of a test: `apimlb local fault`, `clock`, `token` and `env`."""

import http.client
import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from tests.integration.command_line import Answer, CommandLine, free_port
from tests.patience import PATIENCE

SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01"

AZURE_CLIENT = """
import os
from azure.identity import DefaultAzureCredential
from azure.mgmt.resource.resources import ResourceManagementClient

arm = os.environ["APIMLB_ARM_ENDPOINT"]
client = ResourceManagementClient(
    DefaultAzureCredential(disable_instance_discovery=True),
    os.environ["AZURE_SUBSCRIPTION_ID"],
    base_url=arm,
    credential_scopes=[f"{arm}/.default"],
)
client.resource_groups.create_or_update("with-nothing-else", {"location": "eastus2"})
print([group.name for group in client.resource_groups.list()])
"""


@pytest.fixture(scope="module")
def apimlb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    run = CommandLine(tmp_path_factory.mktemp("control"), {})
    ports = ("--gateway-port", str(free_port()), "--arm-port", str(free_port()))
    run.ok(
        "local", "up", *ports, "--gateways", "2", "--seed", "7", "--lro", "realistic", "--time-scale", "60"
    )
    yield run
    run("local", "down")


@pytest.fixture(scope="module")
def variables(apimlb: CommandLine) -> dict[str, str]:
    found: dict[str, str] = json.loads(apimlb.ok("local", "env", "--format", "json").out)
    return found


def get(origin: str, path: str, ca: str, token: str = "") -> Answer:
    address = urlsplit(origin)
    where = (address.hostname or "", address.port)
    secure = address.scheme == "https"
    context = ssl.create_default_context(cafile=ca)
    opened = (
        http.client.HTTPSConnection(*where, timeout=PATIENCE, context=context)
        if secure
        else http.client.HTTPConnection(*where, timeout=PATIENCE)
    )
    try:
        opened.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        reply = opened.getresponse()
        return Answer(reply.status, dict(reply.headers), reply.read())
    finally:
        opened.close()


class Client:
    """Asks ARM and the gateway over their ports."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._variables = variables

    def arm(self, path: str = SUBSCRIPTIONS, token: str = "") -> Answer:
        return get(self._variables["APIMLB_ARM_ENDPOINT"], path, self._variables["APIMLB_CA"], token)

    def gateway(self, path: str = "/anything") -> Answer:
        return get(self._variables["APIMLB_GATEWAY_URL"], path, self._variables["APIMLB_CA"])


@pytest.fixture
def client(variables: dict[str, str]) -> Client:
    return Client(variables)


class TestEnvironment:
    def test_is_all_that_azures_own_clients_need(self, apimlb: CommandLine) -> None:
        (apimlb.folder / "client.py").write_text(AZURE_CLIENT)
        script = f'eval "$({sys.executable} -m apimlb local env)" && {sys.executable} client.py'
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=apimlb.folder,
            env={"HOME": str(apimlb.folder), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert "with-nothing-else" in done.stdout, done.stderr

    def test_is_the_same_in_every_form(self, apimlb: CommandLine, variables: dict[str, str]) -> None:
        dotenv = apimlb.ok("local", "env", "--format", "dotenv").out.splitlines()
        shell = apimlb.ok("local", "env").out.splitlines()
        assert {line.partition("=")[0] for line in dotenv} == set(variables)
        assert [line.removeprefix("export ").partition("=")[0] for line in shell] == list(variables)
        assert Path(variables["APIMLB_CA"]).is_absolute()
        assert variables["REQUESTS_CA_BUNDLE"] == variables["SSL_CERT_FILE"] == variables["APIMLB_CA"]


class TestToken:
    def test_opens_arm_and_is_all_that_is_printed(self, apimlb: CommandLine, client: Client) -> None:
        printed = apimlb.ok("local", "token")
        assert printed.out.count("\n") == 1
        assert client.arm(token=printed.out.strip()).status == 200

    @pytest.mark.parametrize("flaw", ["--expired", "--other-tenant", "--unsigned", "--unknown-key"])
    def test_with_a_flaw_does_not(self, apimlb: CommandLine, client: Client, flaw: str) -> None:
        assert client.arm(token=apimlb.ok("local", "token", flaw).out.strip()).status == 401

    def test_names_whom_it_is_asked_for(self, apimlb: CommandLine) -> None:
        def claims(*options: str) -> dict[str, Any]:
            printed = apimlb.ok("local", "token", "--audience", "api://me", *options).out.strip()
            found: dict[str, Any] = jwt.decode(printed, options={"verify_signature": False})
            return found

        assert claims("--app", "my-app")["appid"] == "my-app"
        user = claims("--user", "my-user", "--token-version", "2.0", "--seconds", "60")
        assert (user["oid"], user["aud"], user["exp"] - user["iat"]) == ("my-user", "api://me", 60)
        assert apimlb("local", "token", "--app", "a", "--user", "b").code == 2
        assert apimlb("local", "token", "--identity", "nobody").code == 6


class TestFaults:
    @pytest.fixture(autouse=True)
    def no_faults_after(self, apimlb: CommandLine) -> Iterator[None]:
        yield
        apimlb.ok("local", "fault", "clear")

    def test_happen_as_often_as_was_ordered(self, apimlb: CommandLine, client: Client) -> None:
        ordered = ("--status", "429", "--retry-after", "7", "--count", "1", "--header", "x-why: ordered")
        number = apimlb.ok("local", "fault", "add", "--url", "/subscriptions*", *ordered).out.strip()
        first, second = client.arm(), client.arm()
        assert (first.status, first.headers["Retry-After"], first.headers["x-why"]) == (429, "7", "ordered")
        assert second.status == 401
        (row,) = json.loads(apimlb.ok("local", "fault", "list", "--output", "json").out)
        assert (str(row["id"]), row["happened"]) == (number, 1)
        assert "429" in apimlb.ok("local", "fault", "list").out
        apimlb.ok("local", "fault", "clear", number)
        assert apimlb("local", "fault", "clear", number).code == 6

    def test_are_told_in_azures_words_and_to_whom(self, apimlb: CommandLine, client: Client) -> None:
        for_groups = ("--type", "Microsoft.Resources/subscriptions/resourceGroups", "--skip", "1")
        added = apimlb.ok(
            "local", "fault", "add", *for_groups, "--code", "Conflict", "--for", "10m", "--applied"
        )
        expected = "after 1 always for 600 s: once it is done, Conflict"
        assert expected in added.err
        assert client.arm().status == 401
        apimlb.ok("local", "fault", "add", "--method", "PUT", "--operation", "vanished")
        assert "its operation vanished" in apimlb.ok("local", "fault", "list").out

    def test_close_connections(self, apimlb: CommandLine, client: Client) -> None:
        apimlb.ok("local", "fault", "add", "--reset")
        with pytest.raises(ConnectionError):
            client.arm()
        with pytest.raises(ConnectionError):
            client.gateway()
        assert "any *, always: reset" in apimlb.ok("local", "status").out

    def test_cut_answers_short(self, apimlb: CommandLine, client: Client) -> None:
        apimlb.ok("local", "fault", "add", "--cut", "1", "--plane", "gateway")
        with pytest.raises(http.client.IncompleteRead):
            client.gateway()
        assert client.arm().status == 401

    def test_that_make_no_sense_are_refused(self, apimlb: CommandLine) -> None:
        for nonsense in (
            [],
            ["--status", "42"],
            ["--delay", "soon"],
            ["--status", "500", "--header", "x"],
            ["--code", "Nobody"],
            ["--operation", "well"],
        ):
            ran = apimlb("local", "fault", "add", *nonsense)
            assert (ran.code, ran.out) == (2, ""), ran.err


class TestClock:
    def test_ends_a_token_and_keeps_its_place_over_a_restart(self, tmp_path: Path) -> None:
        apimlb = CommandLine(tmp_path, {})
        ports = ("--gateway-port", str(free_port()), "--arm-port", str(free_port()))
        apimlb.ok("local", "up", *ports)
        try:
            client = Client(json.loads(apimlb.ok("local", "env", "--format", "json").out))
            apimlb.ok("local", "clock", "freeze")
            token = apimlb.ok("local", "token", "--seconds", "600").out.strip()
            apimlb.ok("local", "clock", "advance", "9m59s")
            assert client.arm(token=token).status == 200
            stopped = apimlb.ok("local", "clock", "advance", "2s", "--output", "json").out
            assert client.arm(token=token).status == 401
            assert apimlb("local", "clock", "advance", "backwards").code == 2
            apimlb.ok("local", "down")
            apimlb.ok("local", "up", *ports)
            again = json.loads(apimlb.ok("local", "clock", "--output", "json").out)
            assert again["now"] == json.loads(stopped)["now"]
            assert again["frozen"] is True
            assert apimlb.ok("local", "clock", "resume").out >= again["now"]
        finally:
            apimlb("local", "down")


def test_without_a_local_azure_there_is_nothing_to_control(tmp_path: Path) -> None:
    apimlb = CommandLine(tmp_path, {})
    for command in (("env",), ("token",), ("clock",), ("fault", "list")):
        ran = apimlb("local", *command)
        assert (ran.code, ran.out) == (6, "")
    assert apimlb("local", "up", "--time-scale", "0").code == 2
