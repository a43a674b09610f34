"""Whose subscription a command works on."""

import json
from pathlib import Path

import pytest

from apimlb.deploy.login import subscription
from apimlb.errors import AuthError


def logged_in(folder: Path, *, default: bool = True) -> dict[str, str]:
    """An Azure CLI with two subscriptions, as it writes them: with a byte order mark."""
    profile = {
        "subscriptions": [
            {"id": "first", "name": "Play", "tenantId": "t1", "isDefault": False},
            {"id": "second", "name": "Work", "tenantId": "t2", "isDefault": default},
        ]
    }
    (folder / "azureProfile.json").write_text(json.dumps(profile), encoding="utf-8-sig")
    return {"AZURE_CONFIG_DIR": str(folder)}


def test_what_was_asked_for_wins_over_the_environment_and_that_over_the_default(tmp_path: Path) -> None:
    environ = logged_in(tmp_path)
    assert subscription(environ).id == "second"
    assert subscription({**environ, "AZURE_SUBSCRIPTION_ID": "other"}).id == "other"
    assert subscription({**environ, "AZURE_SUBSCRIPTION_ID": "other"}, chosen="third").id == "third"


def test_a_subscription_can_be_chosen_by_name_and_brings_its_tenant(tmp_path: Path) -> None:
    found = subscription(logged_in(tmp_path), chosen="play")
    assert (found.id, found.tenant_id) == ("first", "t1")


def test_the_command_line_s_own_folder_is_under_the_home(tmp_path: Path) -> None:
    (tmp_path / ".azure").mkdir()
    logged_in(tmp_path / ".azure")
    assert subscription({}, home=tmp_path).id == "second"


def test_without_a_login_the_next_step_is_az_login(tmp_path: Path) -> None:
    with pytest.raises(AuthError, match="Not logged in to Azure") as caught:
        subscription({}, home=tmp_path)
    assert "az login" in caught.value.next_step


def test_without_a_default_one_is_to_be_set(tmp_path: Path) -> None:
    with pytest.raises(AuthError) as caught:
        subscription(logged_in(tmp_path, default=False))
    assert "az account set" in caught.value.next_step


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"subscriptions": [{}]}', '{"subscriptions": null}'])
def test_a_broken_profile_is_no_login(tmp_path: Path, text: str) -> None:
    (tmp_path / "azureProfile.json").write_text(text)
    with pytest.raises(AuthError):
        subscription({"AZURE_CONFIG_DIR": str(tmp_path)})
