"""Names of Azure resources, derived from subscription, stack name and location, so that Azure is the state.

What is in a gateway of the stack's own has the same name in every stack; in one that others use it has the
stack's before it.

The suffix keeps names that are unique in the world (the gateway's host, the accounts' subdomains) apart
between subscriptions. Lengths: APIM service at most 50 characters, account at most 64 (Microsoft Learn:
naming rules and restrictions for Azure resources).
"""

import hashlib
import uuid
from dataclasses import dataclass

from apimlb.http import last_segment
from apimlb.stack.config import Account, Stack
from apimlb.stack.resources import Json, Output

API = "openai"
"""What the API is called in a gateway of the stack's own, wherever its path leads."""
IDENTITY = "apimlb-identity"
"""The named value that holds the client id of the gateway's identity."""
BARE_API = "openai-bare-host"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
"""The built-in role Cognitive Services OpenAI User (Microsoft Learn: Azure built-in roles)."""

METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
"""The built-in role Monitoring Metrics Publisher (the same page)."""

_SERVICE = "Microsoft.ApiManagement/service"
_WORKBOOK_NAMESPACE = uuid.UUID("c36f3d0b-43c2-5b6e-9a8e-5b8f9f0f2f5b")
_ROLE_NAMESPACE = uuid.UUID("0c1d6c66-90a5-5d52-9c5e-3f3b9a2f1a10")


@dataclass(frozen=True, slots=True)
class Names:
    """Every id of one stack in one subscription."""

    subscription: str
    stack: Stack

    @property
    def suffix(self) -> str:
        return suffix(self.subscription, self.stack.name, self.stack.location)

    @property
    def group(self) -> str:
        return f"rg-{self.stack.name}"

    @property
    def group_id(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @property
    def service(self) -> str:
        """The name of the gateway, the stack's own or one that others use."""
        return last_segment(self.service_id)

    @property
    def service_id(self) -> str:
        stated = self.stack.gateway
        if not stated:
            return self.own_service_id
        if stated.startswith("/"):
            return stated
        group, _, name = stated.rpartition("/")
        above = f"/subscriptions/{self.subscription}/resourceGroups/{group}" if group else self.group_id
        return f"{above}/providers/{_SERVICE}/{name}"

    @property
    def own_service_id(self) -> str:
        """That of the gateway that the stack makes, or would."""
        return self._provider(_SERVICE, own_service(self.stack.name, self.suffix))

    @property
    def is_guest(self) -> bool:
        """Whether the gateway is one that others use: nothing of it is changed."""
        return bool(self.stack.gateway)

    @property
    def identity_id(self) -> str:
        """The identity that the gateway calls accounts with; of a gateway that others use that is the
        gateway itself, unless one of its user-assigned ones is named."""
        if self.is_guest:
            return self.stack.gateway_identity or self.service_id
        name = f"id-{self.stack.name}-{self.suffix}"
        return self._provider("Microsoft.ManagedIdentity/userAssignedIdentities", name)

    @property
    def is_system_assigned(self) -> bool:
        """Whether that is the system-assigned identity of the gateway, which is nobody else's."""
        return self.identity_id == self.service_id

    @property
    def principal(self) -> Output:
        """The identity's object id in Entra."""
        path = "identity.principalId" if self.is_system_assigned else "properties.principalId"
        return Output(self.identity_id, path)

    @property
    def tenant(self) -> Output:
        """The tenant that the identity is in."""
        path = "identity.tenantId" if self.is_system_assigned else "properties.tenantId"
        return Output(self.identity_id, path)

    def address(self, service: Json) -> str:
        """What clients take for the host of Azure OpenAI, by what Azure shows of the gateway: they put
        `/openai` behind it."""
        url = str((service.get("properties") or {}).get("gatewayUrl") or "")
        return f"{url.rstrip('/')}{self.stack.root}" if url else ""

    def inside(self, name: str) -> str:
        """What that which is usually called so is called in the stack's gateway."""
        return inside(self.stack, name)

    def child(self, kind: str, name: str) -> str:
        """The id of what is usually called so in the stack's gateway: of an API by `apis` and `openai`."""
        return f"{self.service_id}/{kind}/{self.inside(name)}"

    @property
    def workspace_id(self) -> str:
        name = f"log-{self.stack.name}-{self.suffix}"
        return self._provider("Microsoft.OperationalInsights/workspaces", name)

    @property
    def component_id(self) -> str:
        return self._provider("Microsoft.Insights/components", component_of(self.stack.name, self.suffix))

    @property
    def workbook_id(self) -> str:
        """A workbook is called by a uuid."""
        name = uuid.uuid5(_WORKBOOK_NAMESPACE, self.component_id.lower())
        return self._provider("Microsoft.Insights/workbooks", str(name))

    @property
    def alert_id(self) -> str:
        name = f"alert-{self.stack.name}-throttled-{self.suffix}"
        return self._provider("Microsoft.Insights/scheduledQueryRules", name)

    @property
    def publisher_role_id(self) -> str:
        """That the gateway's identity may tell the component metrics."""
        name = uuid.uuid5(_ROLE_NAMESPACE, f"{self.component_id}|{self.identity_id}".lower())
        return f"{self.component_id}/providers/Microsoft.Authorization/roleAssignments/{name}"

    def account(self, account: Account) -> str:
        """The account's name, which is its subdomain too."""
        return f"oai-{self.stack.name}-{account.name}-{self.suffix}"

    def account_id(self, account: Account) -> str:
        return self._provider("Microsoft.CognitiveServices/accounts", self.account(account))

    def deployment_id(self, account: Account, deployment: str) -> str:
        return f"{self.account_id(account)}/deployments/{deployment}"

    def role_id(self, account: Account) -> str:
        """One assignment for one identity on one account, under the same name every time."""
        name = uuid.uuid5(_ROLE_NAMESPACE, f"{self.account_id(account)}|{self.identity_id}".lower())
        return f"{self.account_id(account)}/providers/Microsoft.Authorization/roleAssignments/{name}"

    def backend_id(self, account: Account, deployment: str) -> str:
        return f"{self.service_id}/backends/{self.backend(account, deployment)}"

    def backend(self, account: Account, deployment: str) -> str:
        return backend(self.stack, account, deployment)

    def pool(self, deployment: str) -> str:
        return self.inside(f"pool-{deployment}")

    def _provider(self, kind: str, name: str) -> str:
        return f"{self.group_id}/providers/{kind}/{name}"


def backend(stack: Stack, account: Account, deployment: str) -> str:
    """The name of the backend that one account's deployment is to the gateway."""
    return inside(stack, f"{account.name}-{deployment}")


def inside(stack: Stack, name: str) -> str:
    """What that which is usually called so is called in the stack's gateway: `search-openai`, and
    `search-keys` for `apimlb-keys`, in one that others use."""
    if not stack.gateway:
        return name
    own = name.startswith("apimlb")
    return f"{stack.name}{name.removeprefix('apimlb')}" if own else f"{stack.name}-{name}"


def suffix(subscription: str, stack: str, location: str) -> str:
    """What the names of all that a stack makes beside its gateway's children end with."""
    return hashlib.sha256(f"{subscription.lower()}/{stack}/{location}".encode()).hexdigest()[:8]


def component_of(stack: str, suffix: str) -> str:
    """The name of the Application Insights component that a stack makes."""
    return f"appi-{stack}-{suffix}"


def own_service(stack: str, suffix: str) -> str:
    """The name of the gateway that a stack makes."""
    return f"apim-{stack}-{suffix}"
