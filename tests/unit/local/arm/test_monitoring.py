"""Workspaces and components: written at once, with keys and connection strings that stay."""

from tests.unit.local.arm.scene import GROUP, ROOT, Scene

WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"
COMPONENT = f"{GROUP}/providers/Microsoft.Insights/components/insights"


async def test_a_workspace_keeps_its_customer_id_and_its_keys() -> None:
    scene = Scene()
    await scene.group()
    made = await scene.put(WORKSPACE, {"location": "eastus", "tags": {"a": "b"}})
    assert (made.status, made.properties["provisioningState"]) == (201, "Succeeded")
    keys = (await scene.post(f"{WORKSPACE}/sharedKeys")).json
    patched = await scene.patch(WORKSPACE, {"properties": {"retentionInDays": 60}})
    assert (patched.status, patched.json["tags"]) == (200, {"a": "b"})
    assert patched.properties["retentionInDays"] == 60
    assert patched.properties["customerId"] == made.properties["customerId"]
    assert (await scene.post(f"{WORKSPACE}/sharedKeys")).json == keys
    assert (await scene.post(f"{WORKSPACE}/regenerateSharedKey")).json != keys
    assert [(await scene.delete(WORKSPACE)).status for _ in range(2)] == [200, 204]
    assert (await scene.get(WORKSPACE)).code == "ResourceNotFound"


async def test_a_component_has_a_connection_string() -> None:
    scene = Scene()
    await scene.group()
    body = {
        "location": "eastus",
        "kind": "web",
        "properties": {"Application_Type": "web", "WorkspaceResourceId": WORKSPACE},
    }
    made = await scene.put(COMPONENT, body)
    assert (made.status, made.json["kind"]) == (200, "web")
    assert made.properties["ConnectionString"].startswith(
        f"InstrumentationKey={made.properties['InstrumentationKey']};"
    )
    again = await scene.put(COMPONENT, body)
    assert again.properties["InstrumentationKey"] == made.properties["InstrumentationKey"]
    patched = await scene.patch(COMPONENT, {"properties": {"RetentionInDays": 30}})
    assert patched.properties["ConnectionString"] == made.properties["ConnectionString"]
    assert (await scene.get(COMPONENT)).properties["IngestionMode"] == "LogAnalytics"
    assert len((await scene.get(f"{ROOT}/providers/Microsoft.Insights/components")).json["value"]) == 1
    assert (await scene.put(COMPONENT, {**body, "properties": {}})).code == "InvalidRequestContent"
    assert (await scene.put(COMPONENT, {**body, "location": "atlantis"})).status == 400
