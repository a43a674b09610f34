"""The same clients in their asynchronous form, which sends with another library."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from azure.identity.aio import ClientSecretCredential
from azure.mgmt.apimanagement.aio import ApiManagementClient
from azure.mgmt.cognitiveservices.aio import CognitiveServicesManagementClient
from azure.mgmt.resource.resources.aio import ResourceManagementClient

from tests.integration.sdk import stories
from tests.integration.sdk.stories import API, GROUP, SERVICE
from tests.integration.watched import WatchedAzure

KINDS: list[Any] = [ResourceManagementClient, CognitiveServicesManagementClient, ApiManagementClient]


async def test_a_stack_comes_and_goes(slow_azure: WatchedAzure) -> None:
    endpoint = slow_azure.endpoint
    async with AsyncExitStack() as stack:
        signed_in = await stack.enter_async_context(
            ClientSecretCredential(
                endpoint.tenant_id,
                endpoint.client_id,
                endpoint.client_secret,
                **stories.identity_options(endpoint),
            )
        )
        groups, cog, apim = [
            await stack.enter_async_context(
                kind(signed_in, endpoint.subscription_id, **stories.options(endpoint))
            )
            for kind in KINDS
        ]
        await groups.resource_groups.create_or_update(GROUP, {"location": "eastus"})
        building = await apim.api_management_service.begin_create_or_update(GROUP, SERVICE, stories.service())
        names = ("east", "west")
        pollers = [await cog.accounts.begin_create(GROUP, name, stories.account(name)) for name in names]
        accounts = await asyncio.gather(*(poller.result() for poller in pollers))
        assert [each.properties.provisioning_state for each in accounts] == ["Succeeded"] * 2
        deployed = await cog.deployments.begin_create_or_update(GROUP, "east", "gpt", stories.deployment(30))
        assert (await deployed.result()).properties.current_capacity == 30
        assert (await building.result()).provisioning_state == "Succeeded"
        ids = [
            (await apim.backend.create_or_update(GROUP, SERVICE, name, stories.backend(name))).id
            for name in names
        ]
        await apim.backend.create_or_update(GROUP, SERVICE, "pool", stories.pool(*ids))
        made = await apim.api.begin_create_or_update(GROUP, SERVICE, API, stories.api())
        assert (await made.result()).path == "openai"
        await apim.api_policy.create_or_update(GROUP, SERVICE, API, "policy", stories.policy())
        leaving = await groups.resource_groups.begin_delete(GROUP)
        await leaving.result()
        assert [row.name async for row in apim.deleted_services.list_by_subscription()] == [SERVICE]
    assert slow_azure.watch.seen > 20
