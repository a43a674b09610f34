"""The load test as files that run without apimlb: with plain `locust`, and by Azure Load Testing."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apimlb.errors import ConflictError
from apimlb.files import replace_file
from apimlb.loadtest.criteria import Criterion
from apimlb.loadtest.load import CROWDS, Load
from apimlb.loadtest.running import GRACE, LOCUST, LOCUSTFILE

_SETTINGS = re.compile(r"(?<=^SETTINGS: dict\[str, Any\] = \{\n).*?(?=^\}$)", re.DOTALL | re.MULTILINE)
_PLAN = "load-test.yaml"
_MEASURES = {"errors": "percentage(error)", "refused": "percentage(error)"}
_VAULT = "https://YOUR-VAULT.vault.azure.net/secrets/apimlb-key"


@dataclass(frozen=True, slots=True)
class Site:
    """A stack and the URL of its gateway."""

    stack: str
    url: str


def export(folder: Path, load: Load, site: Site, criteria: Sequence[Criterion], *, force: bool) -> list[Path]:
    """Write the files; raises `ConflictError` where one is there already, unless `force`."""
    users = load.users or CROWDS
    texts = {
        "locustfile.py": locustfile(load.settings(1 if load.users else CROWDS)),
        "requirements.txt": f"{LOCUST}\n",
        _PLAN: plan(load, users, site, criteria),
    }
    there = [each for each in texts if (folder / each).exists()]
    if there and not force:
        raise ConflictError(
            f"{', '.join(there)} {'is' if len(there) == 1 else 'are'} there already.",
            where=str(folder),
            next_step="Name another folder, or write them anew with --force.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for each, text in texts.items():
        replace_file(folder / each, text.encode(), mode=0o644)
    return [folder / each for each in texts]


def locustfile(settings: Mapping[str, Any]) -> str:
    """The locustfile with other settings written in it."""
    shown = "".join(f"    {json.dumps(name)}: {json.dumps(value)},\n" for name, value in settings.items())
    return _SETTINGS.sub(lambda _: shown, LOCUSTFILE.read_text(encoding="utf-8"), count=1)


def plan(load: Load, users: int, site: Site, criteria: Sequence[Criterion]) -> str:
    """The test as Azure Load Testing reads it (Microsoft Learn, "Configure a load test in YAML"). Every text
    is written as JSON, which YAML takes."""
    variables = {
        "LOCUST_HOST": site.url,
        "LOCUST_USERS": users,
        "LOCUST_SPAWN_RATE": users,
        "LOCUST_RUN_TIME": round(load.seconds),
        "LOCUST_STOP_TIMEOUT": GRACE,
    }
    env = "".join(f"  - name: {n}\n    value: {json.dumps(str(value))}\n" for n, value in variables.items())
    test = re.sub(r"[^a-z0-9_-]", "-", f"apimlb-{site.stack}".lower())[:50]
    return f"""version: v0.1
testId: {test}
displayName: {json.dumps(f"The stack {site.stack} under load")}
testPlan: locustfile.py
testType: Locust
engineInstances: 1
configurationFiles:
  - requirements.txt
{_failures(criteria)}env:
{env}# The key of the gateway: put it into your Key Vault and name it here; the identity of the load testing
# resource must be allowed to read it.
secrets:
  - name: AZURE_OPENAI_API_KEY
    value: {_VAULT}
keyVaultReferenceIdentityType: SystemAssigned
autoStop:
  errorPercentage: 90
  timeWindow: 60
"""


def failure(criterion: Criterion) -> str:
    """The condition in Azure Load Testing's words, empty where it has none. A 429 counts as an error."""
    sign = {">=": ">", "<=": "<"}.get(criterion.sign, criterion.sign)
    measure = _MEASURES.get(criterion.field, "")
    limit = criterion.limit * 100
    if criterion.is_time and not criterion.field.startswith("first"):
        measure, limit = f"{criterion.field}(response_time_ms)", criterion.limit * 1000
    of = f"{criterion.kind}: " if criterion.kind else ""
    return f"{of}{measure} {sign} {limit:g}" if measure else ""


def _failures(criteria: Sequence[Criterion]) -> str:
    found = [said for each in criteria if (said := failure(each))]
    return "failureCriteria:\n" + "".join(f"  - {json.dumps(said)}\n" for said in found) if found else ""
