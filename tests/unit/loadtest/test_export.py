"""The load test as files: a locustfile that stands alone, and what Azure Load Testing reads."""

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from apimlb.errors import ConfigError, ConflictError
from apimlb.loadtest.criteria import criterion
from apimlb.loadtest.export import Site, export, locustfile
from apimlb.loadtest.load import CROWDS, Load, require_sense
from apimlb.loadtest.running import LOCUSTFILE

ROOT = Path(__file__).parents[3]
SITE = Site("mine", "https://apim-mine.azure-api.net")
LOAD = Load(rpm=300, seconds=600, tokens="400,100", streams=0.5, chat='odd "name"', embedding="")


def settings_in(text: str) -> dict[str, Any]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "SETTINGS":
            assert node.value is not None
            found: dict[str, Any] = ast.literal_eval(node.value)
            return found
    raise AssertionError("no settings")


def test_the_settings_stand_in_the_exported_file_and_nothing_else_changes() -> None:
    made = locustfile(LOAD.settings(CROWDS))
    assert settings_in(made) == {
        **Load().settings(),
        "rpm": 300 / CROWDS,
        "tokens": "400,100",
        "streams": 0.5,
        "chat": 'odd "name"',
        "embedding": "",
        "embeddings": 0.0,
    }
    _, _, rest = LOCUSTFILE.read_text().partition("# End of the settings.")
    assert made.endswith(rest)


def test_the_file_s_own_settings_are_the_defaults_of_the_command() -> None:
    assert settings_in(LOCUSTFILE.read_text()) == Load().settings()


def test_azure_load_testing_gets_the_load_and_no_secret(tmp_path: Path) -> None:
    criteria = [criterion(text) for text in ("429>1%", "chat.p95>=2s", "first-token.p95>1s")]
    files = export(tmp_path / "load", LOAD, SITE, criteria, force=False)
    assert [file.name for file in files] == ["locustfile.py", "requirements.txt", "load-test.yaml"]
    plan = yaml.safe_load(files[2].read_text())
    assert (plan["testType"], plan["testPlan"]) == ("Locust", "locustfile.py")
    assert plan["configurationFiles"] == ["requirements.txt"]
    assert plan["failureCriteria"] == ["percentage(error) > 1", "chat: p95(response_time_ms) > 2000"]
    variables = {each["name"]: each["value"] for each in plan["env"]}
    assert variables["LOCUST_HOST"] == SITE.url
    assert variables["LOCUST_RUN_TIME"] == "600"
    (secret,) = plan["secrets"]
    assert secret["name"] == "AZURE_OPENAI_API_KEY"
    assert ".vault.azure.net/secrets/" in secret["value"]
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert files[1].read_text().split() == pyproject["project"]["optional-dependencies"]["loadtest"]


def test_files_that_are_there_are_kept(tmp_path: Path) -> None:
    (tmp_path / "locustfile.py").write_text("mine")
    with pytest.raises(ConflictError, match=r"locustfile\.py is there already"):
        export(tmp_path, LOAD, SITE, [], force=False)
    assert (tmp_path / "locustfile.py").read_text() == "mine"
    export(tmp_path, LOAD, SITE, [], force=True)
    assert "SETTINGS" in (tmp_path / "locustfile.py").read_text()


@pytest.mark.parametrize(
    "load",
    [
        Load(),
        Load(users=3, rpm=3),
        Load(users=-1),
        Load(rpm=float("nan")),
        Load(users=1, seconds=0.5),
        Load(users=1, streams=1.1),
        Load(users=1, embeddings=-0.1),
        Load(users=1, pause=-1),
        Load(users=1, sigma=float("inf")),
        Load(users=1, retries=-1),
    ],
)
def test_a_load_that_cannot_be_is_refused(load: Load) -> None:
    with pytest.raises(ConfigError) as refused:
        require_sense(load)
    assert refused.value.next_step
