"""Role assignments: who gets what where, and what follows from it."""

import pytest

from apimlb.local.arm.roles import OPENAI_DATA_ROLES, OPENAI_USER, OWNER, has_data_role
from tests.unit.local.arm.scene import ACCOUNTS, GROUP, IDENTITY, ROOT, Scene, realistic

ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"
NAME, OTHER = "7b83888d-03fb-55bb-8209-aec4e36328a8", "7b83888d-03fb-55bb-8209-aec4e36328a9"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
SOMEBODY = "d4a34ed9-c189-4b60-84cb-2d4f8b81f44f"


def body(role: str = OPENAI_USER, **changes: str) -> dict[str, dict[str, str]]:
    properties = {
        "principalId": SOMEBODY,
        "roleDefinitionId": f"{ROOT}{ROLES}/{role}",
        "principalType": "ServicePrincipal",
    }
    return {"properties": {**properties, **changes}}


@pytest.fixture
async def scene() -> Scene:
    made = Scene()
    await made.group()
    await made.account("east")
    await made.account("west")
    return made


async def test_a_data_role_reaches_down_and_not_sideways(scene: Scene) -> None:
    east, west = f"{ACCOUNTS}/east", f"{ACCOUNTS}/west"
    assert (await scene.put(f"{east}{ASSIGNMENTS}/{NAME}", body())).status == 201
    assert has_data_role(scene.store, SOMEBODY.upper(), east.upper(), OPENAI_DATA_ROLES)
    assert not has_data_role(scene.store, SOMEBODY, west, OPENAI_DATA_ROLES)
    assert not has_data_role(scene.store, SOMEBODY, east, [OWNER])
    assert (await scene.put(f"{GROUP}{ASSIGNMENTS}/{OTHER}", body())).status == 201
    assert has_data_role(scene.store, SOMEBODY, west, OPENAI_DATA_ROLES)


async def test_owners_have_no_data_role(scene: Scene) -> None:
    assert OWNER not in OPENAI_DATA_ROLES
    assert OPENAI_USER in OPENAI_DATA_ROLES


async def test_the_same_assignment_can_be_made_again_but_not_changed(scene: Scene) -> None:
    path = f"{ACCOUNTS}/east{ASSIGNMENTS}/{NAME}"
    first = await scene.put(path, body())
    assert (first.status, first.properties["createdBy"]) == (201, None)
    second = await scene.put(path, body())
    assert (second.status, second.properties["createdBy"]) == (200, scene.caller.principal_id)
    changed = await scene.put(path, body(OWNER))
    assert changed.code == "RoleAssignmentUpdateNotPermitted"
    assert (await scene.get(path)).json == second.json
    twin = await scene.put(f"{ACCOUNTS}/east{ASSIGNMENTS}/{OTHER}", body())
    assert (twin.status, twin.code) == (409, "RoleAssignmentExists")
    assert NAME.replace("-", "") in twin.message


async def test_what_an_assignment_says_and_on_which_condition_can_be_changed(scene: Scene) -> None:
    path = f"{ACCOUNTS}/east{ASSIGNMENTS}/{NAME}"
    await scene.put(path, body())
    before = (await scene.get(path)).properties
    scene.clock.advance(60)
    said = {"description": "for the gateway", "condition": "@Resource[x] StringEquals 'y'"}
    changed = await scene.put(path, body(**said, conditionVersion="2.0"))
    assert (changed.status, changed.properties) == (200, (await scene.get(path)).properties)
    different = {name for name, value in changed.properties.items() if value != before[name]}
    assert different == {*said, "conditionVersion", "updatedOn"}
    assert changed.properties["description"] == "for the gateway"
    assert before["updatedOn"] < changed.properties["updatedOn"]


@pytest.mark.parametrize(
    ("path", "sent", "status", "code"),
    [
        (f"{GROUP}{ASSIGNMENTS}/not-a-guid", body(), 400, "InvalidRoleAssignmentId"),
        (
            f"{GROUP}{ASSIGNMENTS}/{NAME}",
            body("00000000-0000-0000-0000-000000000000"),
            404,
            "RoleDefinitionDoesNotExist",
        ),
        (f"{GROUP}{ASSIGNMENTS}/{NAME}", body(principalType=""), 400, "PrincipalNotFound"),
        (f"{GROUP}{ASSIGNMENTS}/{NAME}", body(principalId="me"), 400, "InvalidRequestContent"),
        (f"{ROOT}/resourceGroups/no{ASSIGNMENTS}/{NAME}", body(), 404, "ResourceGroupNotFound"),
        (f"{ACCOUNTS}/no{ASSIGNMENTS}/{NAME}", body(), 404, "ResourceNotFound"),
    ],
)
async def test_what_cannot_be_assigned_is_refused(
    scene: Scene, path: str, sent: dict[str, dict[str, str]], status: int, code: str
) -> None:
    answer = await scene.put(path, sent)
    assert (answer.status, answer.code) == (status, code)


async def test_assignments_are_listed_from_above_and_below(scene: Scene) -> None:
    await scene.put(f"{ACCOUNTS}/east{ASSIGNMENTS}/{NAME}", body())
    assert [row["name"] for row in (await scene.get(f"{GROUP}{ASSIGNMENTS}")).json["value"]][-1] == NAME
    at = await scene.get(f"{GROUP}{ASSIGNMENTS}?$filter=atScope()")
    assert [row["properties"]["scope"] for row in at.json["value"]] == [ROOT]
    mine = await scene.get(f"{ROOT}{ASSIGNMENTS}?$filter=principalId eq '{SOMEBODY}'")
    assert [row["name"] for row in mine.json["value"]] == [NAME]


async def test_an_assignment_goes_with_the_resource(scene: Scene) -> None:
    await scene.put(f"{ACCOUNTS}/east{ASSIGNMENTS}/{NAME}", body())
    await scene.delete(f"{ACCOUNTS}/east")
    await scene.put(f"{ACCOUNTS}/east", {"location": "eastus", "properties": {"restore": True}})
    assert not has_data_role(scene.store, SOMEBODY, f"{ACCOUNTS}/east", OPENAI_DATA_ROLES)


async def test_role_definitions_are_found_by_name_and_id(scene: Scene) -> None:
    named = await scene.get(f"{ROOT}{ROLES}?$filter=roleName eq 'Cognitive Services OpenAI User'")
    [row] = named.json["value"]
    assert row["id"] == f"{ROOT}{ROLES}/{OPENAI_USER}"
    assert (await scene.get(row["id"])).json == row
    assert (await scene.get(f"{ROLES}/{OPENAI_USER}")).json["id"] == f"{ROLES}/{OPENAI_USER}"
    assert (await scene.get(f"{ROLES}/{NAME}")).code == "RoleDefinitionDoesNotExist"


async def test_the_caller_can_see_what_is_permitted(scene: Scene) -> None:
    answer = await scene.get(f"{GROUP}/providers/Microsoft.Authorization/permissions")
    assert [row["actions"] for row in answer.json["value"]] == [["*"]]


async def test_a_new_identity_has_to_reach_the_directory_first() -> None:
    scene = realistic()
    await scene.group()
    identity = await scene.put(IDENTITY, {"location": "eastus"})
    mine = {"principalId": identity.properties["principalId"]}
    path = f"{GROUP}{ASSIGNMENTS}/{NAME}"
    unknown = await scene.put(path, body(principalType="", **mine))
    assert (unknown.status, unknown.code) == (400, "PrincipalNotFound")
    assert (await scene.put(f"{GROUP}{ASSIGNMENTS}/{OTHER}", body(READER, **mine))).status == 201
    scene.clock.advance(scene.settings.replication_seconds)
    assert (await scene.put(path, body(principalType="", **mine))).status == 201


async def test_an_identity_that_was_deleted_is_unknown_again(scene: Scene) -> None:
    identity = await scene.put(IDENTITY, {"location": "eastus"})
    await scene.delete(IDENTITY)
    mine = {"principalId": identity.properties["principalId"], "principalType": ""}
    assert (await scene.put(f"{GROUP}{ASSIGNMENTS}/{NAME}", body(**mine))).code == "PrincipalNotFound"
