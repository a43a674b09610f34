"""Azure's own clients for Python over a real port: a stack comes, changes, and goes."""

from contextlib import ExitStack
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.mgmt.apimanagement import ApiManagementClient
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

from tests.integration.sdk import stories
from tests.integration.sdk.stories import API, GROUP, SERVICE
from tests.integration.watched import WatchedAzure


class Clients:
    """The three clients that a stack needs."""

    def __init__(self, azure: WatchedAzure, stack: ExitStack) -> None:
        endpoint = azure.endpoint
        signed_in = stack.enter_context(stories.credential(endpoint))
        options = stories.options(endpoint)
        kinds: list[Any] = [
            ResourceManagementClient,
            CognitiveServicesManagementClient,
            ApiManagementClient,
        ]
        self.groups, self.cog, self.apim = (
            stack.enter_context(kind(signed_in, endpoint.subscription_id, **options)) for kind in kinds
        )


def test_a_stack_comes_and_goes(slow_azure: WatchedAzure) -> None:
    with ExitStack() as stack:
        clients = Clients(slow_azure, stack)
        clients.groups.resource_groups.create_or_update(GROUP, {"location": "eastus"})
        building = clients.apim.api_management_service.begin_create_or_update(
            GROUP, SERVICE, stories.service()
        )
        making = [
            clients.cog.accounts.begin_create(GROUP, name, stories.account(name)) for name in ("east", "west")
        ]
        assert [poller.result().properties.provisioning_state for poller in making] == ["Succeeded"] * 2
        deployed = clients.cog.deployments.begin_create_or_update(
            GROUP, "east", "gpt", stories.deployment(30)
        )
        assert deployed.result().properties.current_capacity == 30
        made = building.result()
        assert (made.provisioning_state, made.location) == ("Succeeded", "East US")
        configure(clients)
        clients.apim.api_management_service.begin_delete(GROUP, SERVICE).result()
        with pytest.raises(ResourceNotFoundError):
            clients.apim.api_management_service.get(GROUP, SERVICE)
        clients.groups.resource_groups.begin_delete(GROUP).result()
        gone = [row.name for row in clients.cog.deleted_accounts.list()]
        assert sorted(gone) == ["east", "west"]
        for name in gone:
            clients.cog.deleted_accounts.begin_purge("eastus", GROUP, name).result()
        assert list(clients.cog.deleted_accounts.list()) == []
    assert slow_azure.watch.seen > 30


def configure(clients: Clients) -> None:
    """Put an API with a pool behind it into the service."""
    rooms = clients.apim
    ids = [rooms.backend.create_or_update(GROUP, SERVICE, n, stories.backend(n)).id for n in ("east", "west")]
    assert rooms.backend.create_or_update(GROUP, SERVICE, "pool", stories.pool(*ids)).pool is not None
    assert rooms.api.begin_create_or_update(GROUP, SERVICE, API, stories.api()).result().path == "openai"
    rooms.api_policy.create_or_update(GROUP, SERVICE, API, "policy", stories.policy())
    held = rooms.api_policy.get_entity_tag(GROUP, SERVICE, API, "policy")
    assert held


def test_refusals_are_the_sdk_s_own_errors(watched: WatchedAzure) -> None:
    with ExitStack() as stack:
        clients = Clients(watched, stack)
        clients.groups.resource_groups.create_or_update(GROUP, {"location": "eastus"})
        clients.cog.accounts.begin_create(GROUP, "east", stories.account("east")).result()
        with pytest.raises(HttpResponseError) as refused:
            clients.cog.deployments.begin_create_or_update(GROUP, "east", "gpt", stories.deployment(10**6))
        assert code(refused.value) == "InsufficientQuota"
        clients.cog.accounts.begin_delete(GROUP, "east").result()
        with pytest.raises(ResourceExistsError) as deleted:
            clients.cog.accounts.begin_create(GROUP, "east", stories.account("east"))
        assert code(deleted.value) == "FlagMustBeSetForRestore"


def code(error: HttpResponseError) -> str:
    """What the clients' users tell refusals apart by."""
    return str(error.error.code) if error.error else ""
