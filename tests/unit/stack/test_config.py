import json
import re
import tomllib
from pathlib import Path

import pytest

from apimlb.errors import ConfigError
from apimlb.stack.choices import Tier
from apimlb.stack.config import Stack, load, parse, schema
from apimlb.stack.names import Names
from tests.stacks import IDENTITY
from tests.told import lines_of


def test_an_empty_file_is_a_whole_stack() -> None:
    stack = parse({})
    assert [account.location for account in stack.accounts] == ["eastus2", "swedencentral", "westus3"]
    assert list(stack.deployments) == ["chat", "embedding"]
    assert stack.tier is Tier.BASIC_V2
    assert all(deployment.capacity is None for deployment in stack.deployments.values())


def test_an_account_is_called_after_its_region_unless_it_has_a_name() -> None:
    stack = parse({"accounts": [{"location": "eastus2"}, {"location": "eastus2", "name": "second"}]})
    assert [account.name for account in stack.accounts] == ["eastus2", "second"]


def test_every_complaint_comes_at_once_with_its_path() -> None:
    with pytest.raises(ConfigError) as caught:
        parse({"tier": "Gold", "accounts": [{"location": "eastus2", "wieght": 2}], "deployments": {}})
    assert [line.partition(":")[0] for line in lines_of(caught.value)] == [
        "accounts.0.wieght",
        "deployments",
        "tier",
    ]


@pytest.mark.parametrize("capacity", [0, -1, "many", 1.5])
def test_a_capacity_is_a_positive_number_of_thousands(capacity: object) -> None:
    deployment = {"model": "gpt-5.1", "version": "2025-11-13", "capacity": capacity}
    with pytest.raises(ConfigError, match=r"deployments\.chat\.capacity"):
        parse({"deployments": {"chat": deployment}})


def test_a_pool_without_breakers_could_never_fail_over() -> None:
    with pytest.raises(ConfigError, match="circuit breakers"):
        parse({"tier": "Consumption", "strategy": "backend-pool"})


def test_a_gateway_without_token_limits_has_no_tiers() -> None:
    with pytest.raises(ConfigError, match="no token limits"):
        parse({"tier": "Consumption", "strategy": "retry", "tiers": {"gold": {"tokens_per_day": 1}}})


def test_a_gateway_without_a_cache_has_to_be_asked_for() -> None:
    with pytest.raises(ConfigError, match="no stack's policy fits into its 16 KiB"):
        parse({"tier": "Consumption"})
    assert parse({"tier": "Consumption", "strategy": "retry"}).tier is Tier.CONSUMPTION


def test_two_accounts_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="stand there twice"):
        parse({"accounts": [{"location": "eastus2"}, {"location": "eastus2"}]})


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "apimlb.toml"
    path.write_text("name = ")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(path) in caught.value.where


def test_no_file_is_an_empty_one(tmp_path: Path) -> None:
    assert load(tmp_path / "apimlb.toml") == {}


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9101", "https://east.example.com/behind/a/path/"])
def test_an_account_may_exist_already(endpoint: str) -> None:
    stack = parse({"accounts": [{"location": "eastus2", "endpoint": endpoint}]})
    assert stack.accounts[0].endpoint == endpoint.rstrip("/")


@pytest.mark.parametrize(
    "endpoint",
    ["127.0.0.1:9101", "ftp://a", "http://", "http://a?b", "http://a#b", "http://u:p@a", "http://a b"],
)
def test_an_endpoint_is_a_url_that_paths_can_follow(endpoint: str) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.0\.endpoint"):
        parse({"accounts": [{"location": "eastus2", "endpoint": endpoint}]})


def test_the_gateways_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(ConfigError, match="has to be https"):
        parse({"accounts": [{"location": "eastus2", "endpoint": "http://east.example.com"}]})


def test_two_backends_cannot_have_one_name() -> None:
    model = {"model": "gpt-5.1", "version": "2025-11-13"}
    accounts = [{"location": "eastus2", "name": "a"}, {"location": "eastus2", "name": "a-b"}]
    with pytest.raises(ConfigError, match="a-b-c"):
        parse({"accounts": accounts, "deployments": {"b-c": model, "c": model}})


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"units": 99}, "units: it must be at most 12, not 99."),
        ({"tags": {"a<b": "x"}}, "is not a tag's name"),
        ({"tags": {"apimlb-stack": "x"}}, "is apimlb's own"),
        ({"tags": {"a": "x" * 257}}, "tags.a: it has 257 characters; 256 is the most."),
        ({"accounts": [{"location": "a", "capacity": {"chta": 3}}]}, "which is no deployment"),
        ({"accounts": [{"location": "a", "key_from": "KEY"}]}, "key_from is for an account with an endpoint"),
        (
            {"accounts": [{"location": "a", "endpoint": "https://b", "capacity": {"chat": 3}}]},
            "not ours",
        ),
        ({"tier": "Consumption", "strategy": "retry", "units": 2}, "has no units"),
        ({"tier": "Developer", "units": 3}, "set units = 1 at most, or use BasicV2 or Standard"),
        ({"tier": "BasicV2", "units": 11}, "set units = 10 at most, or use Premium"),
        ({"deployments": {"chat": {"model": "m", "version": "1", "version_upgrade": "no"}}}, "NoAutoUpgrade"),
    ],
)
def test_what_is_wrong_is_told_in_our_words(tables: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(tables)
    assert told in caught.value.what
    assert "Input should" not in caught.value.what
    assert "Extra inputs" not in caught.value.what


def test_a_complaint_that_follows_from_another_is_not_told() -> None:
    with pytest.raises(ConfigError) as caught:
        parse({"accounts": [{"location": "East US"}]})
    assert caught.value.what.count("East US") == 1
    assert "at least 1" not in caught.value.what


def test_the_schema_names_every_setting() -> None:
    made = schema()
    settings = made["properties"]
    assert isinstance(settings, dict)
    assert set(settings) == set(Stack.known(()))
    assert all("description" in setting for setting in settings.values())


def test_the_schema_that_editors_read_is_this_one() -> None:
    file = Path(__file__).parents[3] / "docs" / "apimlb.schema.json"
    assert json.loads(file.read_text()) == schema(), "run `make texts`"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"gateway": "apis/shared", "units": 2}, "units cannot be set of a gateway that exists already"),
        ({"gateway": "apis/shared", "bare_host": True}, "bare_host is off at a gateway that others use"),
        ({"gateway_identity": IDENTITY}, "gateway_identity is for a gateway that exists already"),
        ({"gateway": "a/b/c"}, 'gateway: "a/b/c" is not the id of an API Management service'),
        ({"path": "search"}, 'path: "search" is not openai, or a path that ends with /openai'),
    ],
)
def test_what_a_gateway_of_others_cannot_be_told_is_refused(tables: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        parse(tables)


def test_a_gateway_is_named_in_three_ways() -> None:
    def service(gateway: str) -> str:
        return Names("s", parse({"name": "mine", "gateway": gateway})).service_id

    tail = "providers/Microsoft.ApiManagement/service/shared"
    whole = f"/subscriptions/{'0' * 8}-0000-0000-0000-{'0' * 12}/resourceGroups/apis/{tail}"
    assert service(whole) == whole
    assert service("apis/shared") == f"/subscriptions/s/resourceGroups/apis/{tail}"
    assert service("shared") == f"/subscriptions/s/resourceGroups/rg-mine/{tail}"


def test_the_files_on_the_page_about_settings_are_taken() -> None:
    page = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text()
    files = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(files) > 2
    for file in files:
        parse(tomllib.loads(file))
