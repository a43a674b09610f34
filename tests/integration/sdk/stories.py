"""What a stack is made of, in the words of Azure's SDK for Python."""

from typing import Any

from azure.identity import ClientSecretCredential
from azure.mgmt.apimanagement import models as apim
from azure.mgmt.cognitiveservices import models as cog

from apimlb.local.process import Endpoint

GROUP, SERVICE, API = "chat", "chat-gw", "openai"
POLICY = """<policies>
  <inbound><base /><set-backend-service backend-id="pool" /></inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>"""


def options(endpoint: Endpoint) -> dict[str, Any]:
    """What every client needs to find the local Azure instead of the public one."""
    return {
        "base_url": endpoint.arm_url,
        "credential_scopes": [f"{endpoint.arm_url}/.default"],
        "connection_verify": endpoint.ca,
        "polling_interval": 0.05,
    }


def identity_options(endpoint: Endpoint) -> dict[str, Any]:
    """The same for azure-identity."""
    return {
        "authority": endpoint.arm_url,
        "disable_instance_discovery": True,
        "connection_verify": endpoint.ca,
    }


def credential(endpoint: Endpoint) -> ClientSecretCredential:
    return ClientSecretCredential(
        endpoint.tenant_id, endpoint.client_id, endpoint.client_secret, **identity_options(endpoint)
    )


def account(name: str) -> cog.Account:
    properties = cog.AccountProperties(custom_sub_domain_name=name, disable_local_auth=True)
    return cog.Account(location="eastus", kind="OpenAI", sku=cog.Sku(name="S0"), properties=properties)


def deployment(capacity: int) -> cog.Deployment:
    model = cog.DeploymentModel(format="OpenAI", name="gpt-5.1", version="2025-11-13")
    sku = cog.Sku(name="GlobalStandard", capacity=capacity)
    return cog.Deployment(sku=sku, properties=cog.DeploymentProperties(model=model))


def service() -> apim.ApiManagementServiceResource:
    return apim.ApiManagementServiceResource(
        location="eastus",
        sku=apim.ApiManagementServiceSkuProperties(name="BasicV2", capacity=1),
        publisher_email="a@example.com",
        publisher_name="A",
    )


def backend(name: str) -> apim.BackendContract:
    return apim.BackendContract(url=f"https://{name}.openai.azure.com/openai", protocol="http")


def pool(*ids: str) -> apim.BackendContract:
    members = [apim.BackendPoolItem(id=id, priority=1, weight=1) for id in ids]
    return apim.BackendContract(
        type_properties_type="Pool", pool=apim.BackendBaseParametersPool(services=members)
    )


def api() -> apim.ApiCreateOrUpdateParameter:
    return apim.ApiCreateOrUpdateParameter(
        display_name="OpenAI", path="openai", protocols=["https"], subscription_required=False
    )


def policy() -> apim.PolicyContract:
    return apim.PolicyContract(value=POLICY, format="rawxml")
