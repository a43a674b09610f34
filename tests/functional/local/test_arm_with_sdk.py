"""A whole deployment, from resource group to purge, by Azure's own SDK clients."""

import asyncio
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Literal

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.apimanagement import ApiManagementClient
from azure.mgmt.apimanagement import models as apim
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.cognitiveservices import models as cog
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient

from apimlb.http import Request, Response
from apimlb.local.arm.plane import ArmPlane
from apimlb.local.arm.roles import OPENAI_USER, has_data_role
from apimlb.local.arm.settings import ArmSettings, Caller
from apimlb.local.store import Store
from tests.fakes import ManualClock
from tests.sdk import FakeCredential, InProcessTransport
from tests.wire.watch import Watch

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"

POLICY = """<policies>
  <inbound>
    <base />
    <set-backend-service backend-id="pool" />
    <set-header name="x-{{who}}" exists-action="override">
      <value>@(context.Request.Headers.GetValueOrDefault("a", "b"))</value>
    </set-header>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>"""


class Cloud:
    """One local ARM and the clients that talk to it."""

    def __init__(self, lro: Literal["at-once", "realistic"]) -> None:
        self.store = Store()
        self.clock = ManualClock()
        self.watch = Watch()
        settings = ArmSettings("11111111-1111-4111-8111-111111111111", SUBSCRIPTION, lro=lro)
        owner = Caller(settings.owner_id, "test-app")

        def verify(request: Request) -> Caller:
            assert request.headers.get("Authorization") == "Bearer token 1"
            return owner

        self.plane = ArmPlane(self.store, self.clock, random.Random(1), verify=verify, settings=settings)
        self.groups: Any = self.client(ResourceManagementClient, SUBSCRIPTION)
        self.apim: Any = self.client(ApiManagementClient, SUBSCRIPTION)
        self.cog: Any = self.client(CognitiveServicesManagementClient, SUBSCRIPTION)
        self.msi: Any = self.client(ManagedServiceIdentityClient, SUBSCRIPTION)
        self.roles: Any = self.client(AuthorizationManagementClient, SUBSCRIPTION)
        self.subscriptions: Any = self.client(SubscriptionClient)

    def client(self, kind: Callable[..., Any], *arguments: Any) -> Any:
        transport = InProcessTransport(self.answer, self.clock)
        options = {"transport": transport, "polling_interval": 1, "retry_total": 0}
        return kind(FakeCredential(self.clock), *arguments, **options)

    def answer(self, request: Request) -> Response:
        answered = asyncio.run(self.plane.send(request))
        self.watch(request, answered)
        return answered

    def account(self, name: str) -> Any:
        properties = cog.AccountProperties(custom_sub_domain_name=name, disable_local_auth=True)
        wanted = cog.Account(location="eastus", kind="OpenAI", sku=cog.Sku(name="S0"), properties=properties)
        return self.cog.accounts.begin_create("chat", name, wanted).result()

    def deployment(self, account: str, capacity: int) -> Any:
        model = cog.DeploymentModel(format="OpenAI", name="gpt-5.1", version="2025-11-13")
        sku = cog.Sku(name="GlobalStandard", capacity=capacity)
        wanted = cog.Deployment(sku=sku, properties=cog.DeploymentProperties(model=model))
        return self.cog.deployments.begin_create_or_update("chat", account, "gpt", wanted).result()


@pytest.fixture(params=["at-once", "realistic"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """A cloud with an empty resource group in it."""
    made = Cloud(request.param)
    tags = {"apimlb-stack": "chat"}
    made.groups.resource_groups.create_or_update("chat", {"location": "eastus", "tags": tags})
    yield made
    made.watch.check()


def test_a_stack_is_deployed_used_and_taken_away(cloud: Cloud) -> None:
    identity = cloud.msi.user_assigned_identities.create_or_update("chat", "gateway", {"location": "eastus"})
    service = cloud.apim.api_management_service.begin_create_or_update(
        "chat",
        "chat-gw",
        apim.ApiManagementServiceResource(
            location="eastus",
            sku=apim.ApiManagementServiceSkuProperties(name="BasicV2", capacity=1),
            publisher_email="a@example.com",
            publisher_name="A",
            identity=apim.ApiManagementServiceIdentity(
                type="UserAssigned", user_assigned_identities={identity.id: apim.UserIdentityProperties()}
            ),
        ),
    ).result()
    assert service.provisioning_state == "Succeeded"
    assert service.location == "East US"
    assert service.gateway_url == "https://chat-gw.azure-api.net"
    [block] = service.identity.user_assigned_identities.values()
    assert block.principal_id == identity.principal_id

    for name in ("chat-1", "chat-2"):
        account = cloud.account(name)
        assert account.properties.provisioning_state == "Succeeded"
        assert account.properties.endpoint == f"https://{name}.openai.azure.com/"
        deployment = cloud.deployment(name, 30)
        rates = {rule.key: (rule.count, rule.renewal_period) for rule in deployment.properties.rate_limits}
        assert rates == {"request": (300, 60), "token": (30_000, 60)}
        assignment = cloud.roles.role_assignments.create(
            account.id,
            f"7b83888d-03fb-55bb-8209-aec4e363280{name[-1]}",
            {
                "properties": {
                    "roleDefinitionId": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization"
                    f"/roleDefinitions/{OPENAI_USER}",
                    "principalId": identity.principal_id,
                    "principalType": "ServicePrincipal",
                }
            },
        )
        assert assignment.principal_id == identity.principal_id
        cloud.clock.advance(300)
        cloud.plane.ripen()
        assert has_data_role(cloud.store, identity.principal_id, account.id, [OPENAI_USER])
        assert not has_data_role(cloud.store, "somebody-else", account.id, [OPENAI_USER])

    configure(cloud, service.id)
    resize(cloud)
    dismantle(cloud)
    remove(cloud)


def configure(cloud: Cloud, service_id: str) -> None:
    at = ("chat", "chat-gw")
    for name in ("chat-1", "chat-2"):
        rule = apim.CircuitBreakerRule(
            name="trip",
            failure_condition=apim.CircuitBreakerFailureCondition(
                count=1,
                interval=timedelta(seconds=10),
                status_code_ranges=[apim.FailureStatusCodeRange(min=429, max=429)],
            ),
            trip_duration=timedelta(seconds=10),
            accept_retry_after=True,
        )
        backend = apim.BackendContract(
            url=f"https://{name}.openai.azure.com/openai",
            protocol="http",
            circuit_breaker=apim.BackendCircuitBreaker(rules=[rule]),
        )
        assert cloud.apim.backend.create_or_update(*at, name, backend).url == backend.url
    ids = [f"{service_id}/backends/{name}" for name in ("chat-1", "chat-2")]
    members = [apim.BackendPoolItem(id=id, weight=1, priority=1) for id in ids]
    services = apim.BackendBaseParametersPool(services=members)
    pool = apim.BackendContract(type_properties_type="Pool", pool=services)
    assert cloud.apim.backend.create_or_update(*at, "pool", pool).pool == pool.pool

    secret = apim.NamedValueCreateContract(display_name="who", value="me", secret=True)
    named = cloud.apim.named_value.begin_create_or_update(*at, "who", secret).result()
    assert (named.display_name, named.value, named.secret) == ("who", None, True)
    assert cloud.apim.named_value.list_value(*at, "who").value == "me"
    fragment = apim.PolicyFragmentContract(value="<fragment><base /></fragment>", format="rawxml")
    done = cloud.apim.policy_fragment.begin_create_or_update(*at, "shared", fragment).result()
    assert done.provisioning_state == "Succeeded"

    wanted = apim.ApiCreateOrUpdateParameter(
        display_name="OpenAI", path="/openai", protocols=["https"], subscription_required=False
    )
    assert cloud.apim.api.begin_create_or_update(*at, "openai", wanted).result().path == "openai"
    everything = apim.OperationContract(
        display_name="POST",
        method="POST",
        url_template="/{*path}",
        template_parameters=[apim.ParameterContract(name="path", type="string")],
    )
    assert cloud.apim.api_operation.create_or_update(*at, "openai", "post", everything).method == "POST"
    policy = apim.PolicyContract(value=POLICY, format="rawxml")
    cloud.apim.api_policy.create_or_update(*at, "openai", "policy", policy)
    assert cloud.apim.api_policy.get(*at, "openai", "policy", format="rawxml").value == POLICY
    key = apim.SubscriptionCreateParameters(scope="/apis/openai", display_name="app")
    made = cloud.apim.subscription.create_or_update(*at, "app", key)
    assert made.primary_key == cloud.apim.subscription.list_secrets(*at, "app").primary_key
    assert [item.name for item in cloud.apim.subscription.list(*at)] == ["master", "app"]


def resize(cloud: Cloud) -> None:
    sku = cog.Sku(name="GlobalStandard", capacity=30)
    patch = cog.PatchResourceTagsAndSku(sku=sku, tags={"a": "b"})
    changed = cloud.cog.deployments.begin_update("chat", "chat-1", "gpt", patch).result()
    assert (changed.sku.capacity, changed.tags) == (30, {"a": "b"})
    update = apim.ApiManagementServiceUpdateParameters(tags={"a": "b"})
    service = cloud.apim.api_management_service.begin_update("chat", "chat-gw", update).result()
    assert (service.tags, service.provisioning_state) == ({"a": "b"}, "Succeeded")
    tagged = cog.Account(tags={"a": "b"})
    assert cloud.cog.accounts.begin_update("chat", "chat-1", tagged).result().tags == {"a": "b"}


def dismantle(cloud: Cloud) -> None:
    at, whatever = ("chat", "chat-gw"), {"if_match": "*"}
    cloud.apim.subscription.delete(*at, "app", **whatever)
    cloud.apim.api_policy.delete(*at, "openai", "policy", **whatever)
    cloud.apim.api_operation.delete(*at, "openai", "post", **whatever)
    cloud.apim.api.begin_delete(*at, "openai", **whatever).result()
    with pytest.raises(ResourceNotFoundError):
        cloud.apim.api.get(*at, "openai")
    for name in ("pool", "chat-1", "chat-2"):
        cloud.apim.backend.delete(*at, name, **whatever)
    cloud.apim.named_value.delete(*at, "who", **whatever)
    cloud.apim.policy_fragment.delete(*at, "shared", **whatever)
    assert list(cloud.apim.backend.list_by_service(*at)) == []


def remove(cloud: Cloud) -> None:
    assert cloud.groups.resource_groups.begin_delete("chat").result() is None
    assert not cloud.groups.resource_groups.check_existence("chat")
    [gone] = cloud.apim.deleted_services.list_by_subscription()
    assert gone.name == "chat-gw"
    assert {item.name for item in cloud.cog.deleted_accounts.list()} == {"chat-1", "chat-2"}
    assert used(cloud, "OpenAI.GlobalStandard.gpt-5.1") == 60

    cloud.groups.resource_groups.create_or_update("chat", {"location": "eastus"})
    with pytest.raises(HttpResponseError) as refusal:
        cloud.account("chat-1")
    assert getattr(refusal.value.error, "code", "") == "FlagMustBeSetForRestore"

    for name in ("chat-1", "chat-2"):
        cloud.cog.deleted_accounts.begin_purge("eastus", "chat", name).result()
    cloud.apim.deleted_services.begin_purge("chat-gw", "eastus").result()
    with pytest.raises(ResourceNotFoundError):
        cloud.apim.deleted_services.get_by_name("chat-gw", "eastus")
    assert used(cloud, "OpenAI.GlobalStandard.gpt-5.1") == 0
    assert cloud.account("chat-1").properties.provisioning_state == "Succeeded"


def used(cloud: Cloud, name: str) -> float:
    return next(float(row.current_value) for row in cloud.cog.usages.list("eastus") if row.name.value == name)


def test_the_subscription_introduces_itself(cloud: Cloud) -> None:
    [subscription] = cloud.subscriptions.subscriptions.list()
    assert subscription.subscription_id == SUBSCRIPTION
    assert "eastus" in {item.name for item in cloud.subscriptions.subscriptions.list_locations(SUBSCRIPTION)}
    provider = cloud.groups.providers.get("Microsoft.ApiManagement")
    assert provider.registration_state == "Registered"


def test_the_catalogue_tells_what_can_be_deployed(cloud: Cloud) -> None:
    found = next(row.model for row in cloud.cog.models.list("eastus") if row.model.name == "gpt-5.1")
    skus = {sku.name: sku.usage_name for sku in found.skus}
    assert skus["GlobalStandard"] == "OpenAI.GlobalStandard.gpt-5.1"
