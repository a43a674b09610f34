"""Other people's policies: what they name is mapped to the stack's accounts, and they run as they are."""

from pathlib import Path

import pytest

from apimlb.errors import ConfigError
from apimlb.simulator.candidate import read_candidate
from apimlb.simulator.report import document
from apimlb.simulator.scenario import Scenario
from apimlb.simulator.simulate import simulate
from apimlb.stack.config import parse
from tests.signing import signing_key

POLICY = """<policies>
    <inbound>
        <base />
        {inbound}
    </inbound>
    <backend>
        <forward-request buffer-request-body="true" />
    </backend>
    <outbound />
    <on-error />
</policies>
"""
OWN_TOKEN = """<authentication-managed-identity resource="https://cognitiveservices.azure.com" {more}/>"""


def written(folder: Path, inbound: str, told: str) -> Path:
    (folder / "theirs.xml").write_text(POLICY.format(inbound=inbound))
    about = folder / "theirs.toml"
    about.write_text(f'name = "theirs"\npolicy = "theirs.xml"\n{told}')
    return about


def answered_by(path: Path) -> dict[str, float]:
    candidate = read_candidate(path, parse({}))
    told = document(simulate(Scenario(load=0.2, minutes=2), [candidate], key=signing_key()))
    [row] = told["policies"]
    assert (row["name"], row["errors"]) == ("theirs", 0)
    return {account: share for account, share in row["answered_by"].items() if share}


def test_their_backend_is_an_account_of_the_stack(tmp_path):
    inbound = '<set-backend-service backend-id="my-openai" />'
    path = written(tmp_path, inbound, '[backends]\nmy-openai = "westus3"')
    assert answered_by(path) == {"westus3": 1.0}


def test_their_pool_has_all_accounts(tmp_path):
    inbound = '<set-backend-service backend-id="THE_POOL" />'
    path = written(tmp_path, inbound, 'pools = ["their-pool"]\n[replace]\n"THE_POOL" = "their-pool"')
    assert set(answered_by(path)) == {"eastus2", "swedencentral", "westus3"}


def test_their_address_becomes_an_accounts_and_their_service_has_an_identity_of_its_own(tmp_path):
    inbound = OWN_TOKEN.format(more="") + '<set-backend-service base-url="https://first.example/openai" />'
    path = written(tmp_path, inbound, '[replace]\n"https://first.example" = "{eastus2}"')
    assert answered_by(path) == {"eastus2": 1.0}


def test_their_named_value_can_be_the_id_of_the_gateways_identity(tmp_path):
    inbound = OWN_TOKEN.format(more='client-id="{{who}}"') + '<set-backend-service backend-id="one" />'
    path = written(tmp_path, inbound, '[backends]\none = "eastus2"\n[values]\nwho = "{identity}"')
    assert answered_by(path) == {"eastus2": 1.0}


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ('[backends]\none = "mars"', "backend one cannot be 'mars'"),
        ("speed = 9", "speed is not understood"),
        ("pools = 9", "pools is not understood"),
        ("[backends", "not TOML: it breaks off at its end"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, told, complaint):
    with pytest.raises(ConfigError, match=complaint):
        read_candidate(written(tmp_path, "", told), parse({}))


def test_a_policy_that_is_not_there_is_said(tmp_path):
    (tmp_path / "theirs.toml").write_text('policy = "elsewhere.xml"')
    with pytest.raises(ConfigError, match=r"elsewhere\.xml"):
        read_candidate(tmp_path / "theirs.toml", parse({}))
