"""Azure's clients for JavaScript, which share no code with Python's, over a real port."""

import json
import os
import re
import subprocess
from pathlib import Path

from apimlb.local.process import Endpoint
from tests.integration.watched import WatchedAzure
from tests.patience import PATIENCE

HERE = Path(__file__).parent


def printed(modules: Path, script: str, endpoint: Endpoint) -> str:
    """What the script prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "APIMLB_ARM_ENDPOINT": endpoint.arm_url,
        "AZURE_AUTHORITY_HOST": endpoint.arm_url,
        "AZURE_TENANT_ID": endpoint.tenant_id,
        "AZURE_SUBSCRIPTION_ID": endpoint.subscription_id,
        "AZURE_CLIENT_ID": endpoint.client_id,
        "AZURE_CLIENT_SECRET": endpoint.client_secret,
        "NODE_EXTRA_CA_CERTS": endpoint.ca,
    }
    done = subprocess.run(
        ["node", script], cwd=modules, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_script_of_the_page_about_clients_runs(modules: Path, watched: WatchedAzure) -> None:
    page = (HERE.parents[2] / "docs" / "clients.md").read_text()
    [script] = re.findall(r"^```js\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (modules / "page.mjs").write_text(script)
    assert "nameAvailable: true" in printed(modules, "page.mjs", watched.endpoint)


def test_a_stack_comes_and_goes(modules: Path, slow_azure: WatchedAzure) -> None:
    said = json.loads(printed(modules, "stack.mjs", slow_azure.endpoint))
    assert said == {
        "group": 201,
        "accounts": [["Succeeded", f"https://{name}.openai.azure.com/"] for name in ("east", "west")],
        "capacity": 30,
        "resized": 40,
        "quota": {"status": 400, "code": "InsufficientQuota"},
        "models": said["models"],
        "service": ["Succeeded", "East US"],
        "pool": 2,
        "api": "openai",
        "badPolicy": {"status": 400, "code": "ValidationError"},
        "policyKept": True,
        "key": 32,
        "namedValues": ["who"],
        "stale": {"status": 412, "code": "ValidationError"},
        "deletedServices": ["npm-gw"],
        "purged": [],
        "again": {"status": 409, "code": "FlagMustBeSetForRestore"},
        "gone": {"status": 404, "code": "ResourceNotFound"},
    }
    assert said["models"] > 10
    assert slow_azure.watch.seen > 40
