"""A stack under load: what clients saw, in a table and as data; the same from plain Locust elsewhere."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.command_line import CommandLine, free_port
from tests.integration.watched import served
from tests.patience import PATIENCE

WITHOUT = """
import sys
sys.modules["locust"] = None
sys.argv = ["apimlb", "loadtest", "--users", "1", "--local"]
from apimlb.cli.entry import main
main()
"""
LOAD = ("--rpm", "900", "--duration", "10s", "--seed", "7", "--retries", "0", "--streams", "0.3")


@pytest.fixture(scope="module")
def apimlb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A stack that can do half of what is asked."""
    folder = tmp_path_factory.mktemp("load")
    with served(folder) as run:
        run.ok("init", "--yes")
        run.write((folder / "apimlb.toml").read_text().replace("# capacity = 30 ", "capacity = 7 ", 1))
        run.ok("deploy", "--yes")
        yield run


@pytest.fixture
def rested(apimlb: CommandLine) -> CommandLine:
    """The same with its quota for the minute."""
    apimlb.ok("local", "clock", "advance", "2m")
    return apimlb


def test_it_comes_to_what_the_simulation_says(rested: CommandLine) -> None:
    ran = rested(
        "loadtest", *LOAD, "--embeddings", "0", "-o", "json", "--html", "r.html", "--fail-if", "429>1%"
    )
    assert ran.code == 9, ran.err
    told = json.loads(ran.out)
    options = ["--rpm", "900", "--minutes", str(10 / 60), "--seed", "7", "--streams", "0.3"]
    foreseen = json.loads(rested.ok("simulate", *options, "-o", "json").out)["policies"][0]
    refused = foreseen["statuses"]["429"] / foreseen["requests"]
    assert told["asked"] == pytest.approx(foreseen["requests"], rel=0.05)
    assert told["answered"] == pytest.approx(foreseen["answered"], abs=0.06)
    assert told["refused"] == pytest.approx(refused, abs=0.06)
    assert told["errors"] == 0
    assert told["failed"][0].startswith("429>1%: it is")
    assert {row["account"] for row in told["accounts"]} == {"eastus2", "swedencentral", "westus3"}
    assert {row["kind"] for row in told["kinds"]} == {"chat", "stream"}
    assert told["kinds"][1]["first_token_p95"] <= told["kinds"][1]["p95"]
    assert "Locust" in (rested.folder / "r.html").read_text()


def test_people_ask_again_after_their_answer(rested: CommandLine) -> None:
    ran = rested.ok("loadtest", "--users", "3", "--duration", "3s", "--pause", "0.1", "--embeddings", "0.5")
    assert "embeddings" in ran.out
    assert "No client saw" in ran.out or "let in" in ran.out
    assert "3 users for 3 s" in ran.err


def test_without_locust_it_says_how_to_get_it(apimlb: CommandLine) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=apimlb.folder, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 2
    assert f"{sys.executable} -m pip install 'apimlb[loadtest]'" in done.stderr
    assert all(part in done.stderr for part in ("Error: ", "why: ", "next: "))


def test_what_is_exported_runs_on_one_master_and_two_workers(rested: CommandLine) -> None:
    rested.ok("loadtest", "export", "out", "--rpm", "600", "--streams", "0.5")
    port, variables = free_port(), rested.environment()
    assert variables["AZURE_OPENAI_API_KEY"] not in "".join(
        file.read_text() for file in (rested.folder / "out").iterdir()
    )
    common = [sys.executable, "-m", "locust", "-f", "locustfile.py"]
    worker = [*common, "--worker", "--master-port", str(port)]
    master = [*common, "--master", "--headless", "--master-bind-port", str(port), "--expect-workers", "2"]
    master += [
        "--users",
        "10",
        "--spawn-rate",
        "10",
        "--run-time",
        "4s",
        "--stop-timeout",
        "5",
        "--only-summary",
    ]
    folder = rested.folder / "out"
    started = [
        subprocess.Popen(
            line, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for line, env in (
            (master, {"PATH": "", "AZURE_OPENAI_ENDPOINT": variables["AZURE_OPENAI_ENDPOINT"]}),
            (worker, {"PATH": "", **variables}),
            (worker, {"PATH": "", **variables}),
        )
    ]
    try:
        said = started[0].communicate(timeout=PATIENCE)[0]
        workers = [each.communicate(timeout=PATIENCE)[0] for each in started[1:]]
    finally:
        for each in started:
            each.kill()
    assert "What clients of a language model mind" in said, said + "".join(workers)
    told = {line.split(":")[0].strip(): line for line in said.splitlines() if ":" in line}
    assert int(told["chat"].split()[1]) > 0
    assert int(told["stream"].split()[1]) > 0
    assert {"East US 2", "Sweden Central", "West US 3"} <= set(told)
    assert all("What clients" not in each for each in workers)


def test_an_exported_file_without_a_key_says_what_it_wants(tmp_path: Path) -> None:
    from apimlb.loadtest.running import LOCUSTFILE

    line = [
        sys.executable,
        "-m",
        "locust",
        "-f",
        str(LOCUSTFILE),
        "--headless",
        "--host",
        "http://127.0.0.1:9",
    ]
    done = subprocess.run(
        [*line, "--run-time", "1s"], cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "AZURE_OPENAI_API_KEY is not set" in done.stderr
