"""Federated credentials of an identity, and diagnostic settings of anything."""

from tests.unit.local.arm.scene import GROUP, IDENTITY, SERVICE, Scene, service

WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"


async def scene() -> Scene:
    made = Scene()
    await made.group()
    return made


async def test_a_federated_credential_is_kept_below_its_identity() -> None:
    made = await scene()
    credential = f"{IDENTITY}/federatedIdentityCredentials/github"
    said = {"issuer": "https://token.actions.example", "subject": "repo:a/b", "audiences": ["api://x"]}
    assert (await made.put(credential, {"properties": said})).status == 404
    assert (await made.put(IDENTITY, {"location": "eastus"})).status == 201
    created = await made.put(credential, {"properties": said})
    assert (created.status, created.json["properties"]) == (201, said)
    assert (
        created.json["type"]
        == "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    )
    assert (await made.put(credential, {"properties": {**said, "subject": "repo:a/c"}})).status == 200
    listed = (await made.get(f"{IDENTITY}/federatedIdentityCredentials")).json["value"]
    assert [row["properties"]["subject"] for row in listed] == ["repo:a/c"]
    assert (await made.put(f"{credential}2", {"properties": {"issuer": "x"}})).status == 400
    assert (await made.delete(credential)).status == 200
    assert (await made.get(credential)).status == 404
    assert (await made.delete(credential)).status == 204


async def test_diagnostic_settings_stand_on_anything_that_is_there() -> None:
    made = await scene()
    setting = f"{SERVICE}/providers/Microsoft.Insights/diagnosticSettings/to-logs"
    said = {"workspaceId": WORKSPACE, "logs": [{"category": "GatewayLogs", "enabled": True}]}
    assert (await made.put(setting, {"properties": said})).status == 404
    assert (await made.put(SERVICE, service())).status == 201
    kept = await made.put(setting, {"properties": said})
    assert kept.status == 200
    assert kept.json["properties"]["logs"] == said["logs"]
    assert kept.json["properties"]["metrics"] == []
    listed = (await made.get(f"{SERVICE}/providers/Microsoft.Insights/diagnosticSettings")).json["value"]
    assert [row["name"] for row in listed] == ["to-logs"]
    assert (await made.put(f"{setting}2", {"properties": {"logs": []}})).status == 400
    assert (await made.delete(setting)).status == 200
    assert (await made.get(setting)).status == 404
