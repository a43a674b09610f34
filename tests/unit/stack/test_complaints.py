"""What is wrong with a file is said in words of ours, with what was probably meant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.errors import ConfigError
from apimlb.stack.choices import Tier
from apimlb.stack.config import Stack, parse
from tests.told import lines_of, text_of

PYDANTIC = ("Extra inputs", "Tuple should", "Input should", "Field required", "String should", "Value error")


def said_of(data: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(data)
    return text_of(caught.value).replace(" (apimlb.toml)", "")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"teir": "Basic"}, "teir: there is no such setting. Did you mean tier?"),
        ({"tier": "Basc"}, 'tier: "Basc" is none of Consumption, Developer, Basic'),
        ({"tier": "basicv2"}, "Did you mean BasicV2?"),
        ({"accounts": []}, "accounts: it needs at least 1."),
        ({"accounts": [{"priority": 1}]}, "accounts.0.location: it is missing."),
        ({"name": "n" * 21}, "name: it has 21 characters; 20 is the most."),
        ({"accounts": [{"location": "East US 2"}]}, '"East US 2" is not the short name of a region'),
        ({"accounts": [{"location": "eastus2", "prioriti": 1}]}, "Did you mean priority?"),
        ({"accounts": [{"location": "eastus2", "weight": 0}]}, "it must be at least 1, not 0."),
        ({"deployments": {"chat": {"model": "", "version": "1"}}}, "deployments.chat.model: it is empty."),
        ({"deployments": {"chat": {"modle": "a", "model": "b", "version": "1"}}}, "Did you mean model?"),
        ({"deployments": {"Chat": {"model": "b", "version": "1"}}}, '"Chat" is not lower-case letters'),
        ({"streams": "perhaps"}, 'streams: it must be true or false, not "perhaps".'),
        ({"streams": "yes"}, 'streams: it must be true or false, not "yes".'),
        ({"bare_host": 0}, "bare_host: it must be true or false, not 0."),
        ({"units": "2"}, 'units: it must be a whole number, not "2".'),
        ({"accounts": [{"location": "eastus2", "capacity": {"chat": "9"}}]}, 'a whole number, not "9".'),
        ({"name": 7}, "name: it must be a text, not 7."),
        ({"clients": ["me"]}, "an id from Entra"),
    ],
)
def test_a_mistake_is_told_in_our_words(data: dict[str, Any], words: str) -> None:
    assert words in said_of(data)


def test_a_name_is_not_blamed_for_the_location_that_it_would_be_taken_from() -> None:
    assert said_of({"accounts": [{"priority": 1}]}) == "accounts.0.location: it is missing."
    assert "accounts.0.name" in said_of({"accounts": [{"priority": 1, "name": "A B"}]})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from([*Stack.model_fields]), anything)
def test_no_value_of_any_setting_is_told_in_a_librarys_words(field: str, value: Any) -> None:
    said = ""
    try:
        parse({field: value})
    except ConfigError as error:
        said = text_of(error)
    assert not [words for words in PYDANTIC if words in said]


@given(st.sampled_from([*Stack.model_fields]), st.integers(min_value=0), st.sampled_from("abcdefgh"))
def test_a_setting_with_a_letter_too_many_is_recognised(field: str, place: int, letter: str) -> None:
    wrong = field[: place % (len(field) + 1)] + letter + field[place % (len(field) + 1) :]
    if wrong not in Stack.model_fields:
        assert "Did you mean" in said_of({wrong: 1})


def test_who_said_it_is_blamed_for_its_own_mistakes_alone() -> None:
    with pytest.raises(ConfigError) as caught:
        parse({"tier": "Basc"}, source="their.toml", blamed=lambda paths: f"--{paths[0]} Basc")
    assert caught.value.where == "--tier Basc"
    with pytest.raises(ConfigError) as caught:
        parse({"tier": "Basc"}, source="their.toml", blamed=lambda paths: "")
    assert caught.value.where == "their.toml"
    assert next(iter(Tier)) in caught.value.what


def test_settings_that_contradict_each_other_are_told_all_at_once() -> None:
    tables: dict[str, object] = {
        "tier": "Consumption",
        "strategy": "backend-pool",
        "units": 2,
        "gateway_identity": f"/subscriptions/{'0' * 8}-0000-0000-0000-{'0' * 12}/resourceGroups/a"
        "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/b",
        "accounts": [
            {"location": "eastus2"},
            {"location": "eastus2"},
            {"location": "westus3", "capacity": {"chta": 4}},
        ],
    }
    with pytest.raises(ConfigError) as caught:
        parse(tables)
    told = lines_of(caught.value)
    words = (
        "stand there twice",
        "capacity for chta",
        "has no units",
        "no circuit breakers",
        "gateway_identity is for",
    )
    assert sorted(sum(word in line for line in told) for word in words) == [1] * len(words)
    assert len(told) == len(words)
    assert all(line.endswith(". (apimlb.toml)") for line in told)
