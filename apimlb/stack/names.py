"""Names of Azure resources, derived from subscription, stack name and location, so that Azure is the state.

The suffix keeps names that are unique in the world (the gateway's host, the accounts' subdomains) apart
between subscriptions. Lengths: APIM service at most 50 characters, account at most 64 (Microsoft Learn:
naming rules and restrictions for Azure resources).
"""

import hashlib
import uuid
from dataclasses import dataclass

from apimlb.stack.config import Account, Stack

API = "openai"
IDENTITY = "apimlb-identity"
"""The named value that holds the client id of the gateway's identity."""
BARE_API = "openai-bare-host"
OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
"""The built-in role Cognitive Services OpenAI User (Microsoft Learn: Azure built-in roles)."""

METRICS_PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
"""The built-in role Monitoring Metrics Publisher (the same page)."""

_WORKBOOK_NAMESPACE = uuid.UUID("c36f3d0b-43c2-5b6e-9a8e-5b8f9f0f2f5b")
_ROLE_NAMESPACE = uuid.UUID("0c1d6c66-90a5-5d52-9c5e-3f3b9a2f1a10")


@dataclass(frozen=True, slots=True)
class Names:
    """Every id of one stack in one subscription."""

    subscription: str
    stack: Stack

    @property
    def suffix(self) -> str:
        seed = f"{self.subscription.lower()}/{self.stack.name}/{self.stack.location}"
        return hashlib.sha256(seed.encode()).hexdigest()[:8]

    @property
    def group(self) -> str:
        return f"rg-{self.stack.name}"

    @property
    def group_id(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @property
    def service(self) -> str:
        return f"apim-{self.stack.name}-{self.suffix}"

    @property
    def service_id(self) -> str:
        return self._provider("Microsoft.ApiManagement/service", self.service)

    @property
    def identity_id(self) -> str:
        name = f"id-{self.stack.name}-{self.suffix}"
        return self._provider("Microsoft.ManagedIdentity/userAssignedIdentities", name)

    @property
    def workspace_id(self) -> str:
        name = f"log-{self.stack.name}-{self.suffix}"
        return self._provider("Microsoft.OperationalInsights/workspaces", name)

    @property
    def component_id(self) -> str:
        return self._provider("Microsoft.Insights/components", f"appi-{self.stack.name}-{self.suffix}")

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
        return f"{self.service_id}/backends/{backend(account, deployment)}"

    def pool(self, deployment: str) -> str:
        return f"pool-{deployment}"

    def _provider(self, kind: str, name: str) -> str:
        return f"{self.group_id}/providers/{kind}/{name}"


def backend(account: Account, deployment: str) -> str:
    """The name of the backend that one account's deployment is to the gateway."""
    return f"{account.name}-{deployment}"
