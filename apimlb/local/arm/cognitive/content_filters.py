"""Content filters of an account, which Azure calls RAI policies: its own two and those that somebody made.

Shapes: Microsoft's description of 2025-09-01 (RaiPolicies_Get, _CreateOrUpdate, _List). Which are always
there: Microsoft Learn, "Default content safety policies".
"""

from apimlb.local.arm.call import Call, Reply, section
from apimlb.local.arm.cognitive.accounts import ACCOUNT, alone, require_account
from apimlb.local.arm.errors import ArmError
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.routes import crud
from apimlb.local.store import Document, Json

TYPE = "Microsoft.CognitiveServices/accounts/raiPolicies"
KIND = TYPE.lower()
SYSTEM = ("Microsoft.Default", "Microsoft.DefaultV2")
_HARMS = ("Hate", "Sexual", "Violence", "Selfharm")


def put_filter(call: Call) -> Reply:
    """201 or 200; Azure's own cannot be changed."""
    sent = call.body()
    require_group(call, writing=True)
    require_account(call)
    if call.name.lower() in _systems():
        raise ArmError(400, "InvalidRaiPolicy", f"The policy '{call.name}' is managed by the system.")
    existing = call.document()
    properties = section(sent, "properties")
    base = str(properties.get("basePolicyName") or SYSTEM[0])
    if base.lower() not in _systems():
        raise ArmError(400, "InvalidRaiPolicy", f"The base policy '{base}' does not exist.")
    etag = call.azure.guid()
    body: Json = {
        "id": existing.id if existing else call.id,
        "type": TYPE,
        "name": existing.body["name"] if existing else call.name,
        "etag": f'"{etag}"',
        "properties": {
            "mode": "Default",
            "contentFilters": _usual(),
            **properties,
            "basePolicyName": base,
            "type": "UserManaged",
        },
        "systemData": call.system_data(existing.body["systemData"] if existing else None),
    }
    body |= {"tags": sent["tags"]} if sent.get("tags") else {}
    call.stored(body, {}, etag)
    return Reply(200 if existing else 201, body, etag=etag)


def get_filter(call: Call) -> Reply:
    account = require_account(call)
    found = call.document()
    name = _systems().get(call.name.lower())
    if found is None and name is None:
        raise ArmError(404, "NotFound", f"Specified resource '{call.id}' cannot be found.")
    return Reply(200, found.body if found else _system(account, str(name)))


def list_filters(call: Call) -> Reply:
    account = require_account(call)
    made = [item.body for item in call.store.children(account.id, KIND)]
    return Reply(200, {"value": [*made, *(_system(account, name) for name in SYSTEM)]})


def require_filter(call: Call, account: Document, name: object) -> None:
    """Raise `ArmError` for a filter that the account does not have. Which words Azure has for it is not
    known."""
    known = {*_systems(), *(str(f.body["name"]).lower() for f in call.store.children(account.id, KIND))}
    if name and str(name).lower() not in known:
        text = f"The specified RAI policy '{name}' of account deployment does not exist."
        raise ArmError(400, "InvalidResourceProperties", text)


def _systems() -> dict[str, str]:
    return {name.lower(): name for name in SYSTEM}


def _system(account: Document, name: str) -> Json:
    return {
        "id": f"{account.id}/raiPolicies/{name}",
        "type": TYPE,
        "name": name,
        "properties": {"type": "SystemManaged", "mode": "Blocking", "contentFilters": _usual()},
    }


def _usual() -> list[Json]:
    """Every harm is stopped from its middle on, in prompts and in completions."""
    return [
        {"name": harm, "severityThreshold": "Medium", "blocking": True, "enabled": True, "source": source}
        for harm in _HARMS
        for source in ("Prompt", "Completion")
    ]


ROUTES = crud(
    f"{ACCOUNT}/raiPolicies/{{filter}}", get=get_filter, put=put_filter, listed=list_filters, exclusive=alone
)
