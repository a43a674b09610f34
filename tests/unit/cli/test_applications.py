import json
import shlex

from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.applications import App, Endpoint, Form, printed, variables

ENDPOINT = Endpoint("https://gateway.example", "secret", ("chat", "my-embedding"))


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
