"""The Azure CLI over a real port. `make test-azure-cli` brings it, which is too large to ask of everybody."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apimlb.local import process
from tests.patience import PATIENCE


class AzureCli:
    """`az` with a configuration of its own, signed in to a local Azure."""

    def __init__(self, folder: Path, program: str) -> None:
        self._program = program
        self.endpoint = process.start(folder / "local", 0, 0)
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AZURE_CONFIG_DIR": str(folder / "azure"),
            "AZURE_CORE_COLLECT_TELEMETRY": "0",
            "AZURE_CORE_ONLY_SHOW_ERRORS": "1",
            "REQUESTS_CA_BUNDLE": self.endpoint.ca,
        }
        self("cloud register -n local --endpoint-resource-manager " + self.endpoint.arm_url)
        self("cloud set -n local")
        self("config set core.instance_discovery=false")
        who = f"-u {self.endpoint.client_id} -p {self.endpoint.client_secret}"
        self(f"login --service-principal {who} --tenant {self.endpoint.tenant_id}")

    def __call__(self, line: str) -> Any:
        """What the command prints, as JSON; fails when it fails."""
        done = self.run(line)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        command = [self._program, *line.split(), "-o", "json"]
        return subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )


@pytest.fixture(scope="module")
def az(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureCli]:
    program = os.environ.get("APIMLB_TEST_AZ") or shutil.which("az")
    if program is None:
        pytest.fail("az is not installed: put it on the PATH, or its path into APIMLB_TEST_AZ")
    folder = tmp_path_factory.mktemp("az")
    try:
        yield AzureCli(folder, program)
    finally:
        process.stop(folder / "local")


def test_accounts_and_services_come_and_go(az: AzureCli) -> None:
    az("group create -n az -l eastus")
    account = "-n azeast -g az"
    made = az(
        f"cognitiveservices account create {account} -l eastus --kind OpenAI --sku S0 --custom-domain azeast"
    )
    assert made["properties"]["endpoint"] == "https://azeast.openai.azure.com/"
    model = "--model-format OpenAI --model-name gpt-5.1 --model-version 2025-11-13"
    deployed = az(
        f"cognitiveservices account deployment create {account} --deployment-name gpt {model} "
        "--sku-name GlobalStandard --sku-capacity 30"
    )
    assert deployed["sku"]["capacity"] == 30
    usages = {
        row["name"]["value"]: row["currentValue"] for row in az("cognitiveservices usage list -l eastus")
    }
    assert usages["OpenAI.GlobalStandard.gpt-5.1"] == 30
    publisher = "--publisher-email a@example.com --publisher-name A"
    service = az(f"apim create -n az-gw -g az {publisher} --sku-name Consumption -l eastus")
    assert service["provisioningState"] == "Succeeded"
    inside = "-g az --service-name az-gw"
    assert (
        az(f"apim api create {inside} --api-id openai --path openai --display-name OpenAI")["path"]
        == "openai"
    )
    assert az(f"apim nv create {inside} --named-value-id who --display-name who --value me")["value"] == "me"
    az("apim delete -n az-gw -g az --yes")
    assert [row["name"] for row in az("apim deletedservice list")] == ["az-gw"]
    az("apim deletedservice purge -n az-gw -l eastus")
    az(f"cognitiveservices account delete {account}")
    assert [row["name"] for row in az("cognitiveservices account list-deleted")] == ["azeast"]
    az(f"cognitiveservices account purge {account} -l eastus")
    az("group delete -n az --yes")
    assert az("group list") == []


def test_a_lock_holds_a_group(az: AzureCli) -> None:
    az("group create -n locked -l eastus")
    az("lock create -n keep -g locked --lock-type CanNotDelete")
    refused = az.run("group delete -n locked --yes")
    assert (refused.returncode, "ScopeLocked" in refused.stderr) == (1, True)
    az("lock delete -n keep -g locked")
    az("group delete -n locked --yes")
