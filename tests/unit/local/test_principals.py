import pytest

from apimlb.errors import ConfigError, NotFoundError
from apimlb.local.entra.plane import APPLICATION_KIND, Application
from apimlb.local.entra.tokens import Principal, User
from apimlb.local.principals import find
from apimlb.local.store import Document, Store

OWNER = Application("owner-client", "owner-object", "secret")
WHO = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Who"


@pytest.fixture
def store():
    made = Store()
    properties = {"clientId": "Id-Client", "principalId": "id-principal"}
    made.put(Document(WHO, "microsoft.managedidentity/userassignedidentities", {"properties": properties}))
    made.put(
        Document("/tenants/t/applications/a", APPLICATION_KIND, {"appId": "app-client", "id": "app-object"})
    )
    yield made
    made.close()


def test_the_owner_needs_no_id(store):
    assert find(store, OWNER, "owner", "") == Principal("owner-client", "owner-object")


def test_a_registered_application_has_its_object_id(store):
    assert find(store, OWNER, "app", "APP-client") == Principal("app-client", "app-object")


def test_any_other_application_has_one_of_its_own_every_time(store):
    once, again, other = (find(store, OWNER, "app", id) for id in ("x", "x", "y"))
    assert once == again
    assert once.client_id == "x"
    assert once.object_id != other.object_id


def test_any_user_will_do(store):
    assert find(store, OWNER, "user", "somebody") == User("somebody")


@pytest.mark.parametrize("id", ["who", "id-client", "ID-PRINCIPAL"])
def test_an_identity_goes_by_its_name_and_both_ids(store, id):
    assert find(store, OWNER, "identity", id) == Principal("Id-Client", "id-principal", "2")


def test_what_is_not_there_is_said_to_be(store):
    with pytest.raises(NotFoundError, match="no managed identity nobody"):
        find(store, OWNER, "identity", "nobody")
    with pytest.raises(ConfigError, match="no kind"):
        find(store, OWNER, "robot", "r2")
