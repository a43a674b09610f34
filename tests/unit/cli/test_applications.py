import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.applications import NOTES, App, Endpoint, Form, printed, variables

ENDPOINT = Endpoint(
    "https://gateway.example", "secret", {"chat": "gpt-5.1", "my-embedding": "text-embedding-3-large"}
)


def test_the_openai_sdk_finds_endpoint_key_and_version_by_itself() -> None:
    found = variables(App.OPENAI_SDK, ENDPOINT)
    assert found["AZURE_OPENAI_ENDPOINT"] == "https://gateway.example"
    assert found["AZURE_OPENAI_API_KEY"] == "secret"
    assert found["OPENAI_API_VERSION"] == "2024-10-21"
    assert found["AZURE_OPENAI_MY_EMBEDDING_DEPLOYMENT"] == "my-embedding"


@given(st.dictionaries(st.sampled_from("AB"), st.text(max_size=8), max_size=2))
def test_whatever_the_value_a_shell_reads_it_back(values: dict[str, str]) -> None:
    words = shlex.split(printed(Form.SHELL, values))
    assert words == [word for name, value in values.items() for word in ("export", f"{name}={value}")]
    assert json.loads(printed(Form.JSON, values)) == values


def test_dotenv_quotes_only_what_needs_it() -> None:
    assert printed(Form.DOTENV, {"A": "https://x/y", "B": "two words"}) == 'A=https://x/y\nB="two words"'


def test_the_python_app_of_today_is_given_v1_and_the_one_of_2024_the_bare_host() -> None:
    today, before = variables(App.PYTHON, ENDPOINT), variables(App.PYTHON_LEGACY, ENDPOINT)
    assert today["AZURE_OPENAI_CUSTOM_URL"] == "https://gateway.example/openai/v1"
    assert before["AZURE_OPENAI_CUSTOM_URL"] == "https://gateway.example"
    for found in (today, before):
        assert found["OPENAI_HOST"] == "azure_custom"
        assert found["AZURE_OPENAI_EMB_DEPLOYMENT"] == "my-embedding"
        assert found["AZURE_OPENAI_EMB_DIMENSIONS"] == "3072"


@pytest.mark.parametrize("app", App)
def test_an_app_that_has_no_key_is_given_none_and_told_how_it_gets_in(app: App) -> None:
    keyless = app in (App.JAVASCRIPT, App.DOTNET)
    assert ("secret" in variables(app, ENDPOINT).values()) != keyless
    assert any("clients add" in note for note in NOTES[app]) == keyless


@pytest.mark.parametrize("app", App)
def test_what_is_not_deployed_is_not_named(app: App) -> None:
    found = variables(app, Endpoint("https://gateway.example", "secret", {"talk": "gpt-5.1"}))
    assert all(found.values())
    assert "talk" in found.values()
    assert not [name for name in found if "EMB" in name.upper() and name != "OPENAI_HOST"]


def test_azd_is_told_with_its_own_command() -> None:
    assert printed(Form.AZD, {"A": "two words"}) == "azd env set A 'two words'"
