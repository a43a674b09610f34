"""A policy that is to be measured, and what it needs around it.

A file that ends in `.xml` is a policy for the stack's own backends. Other people's policies name backends of
their own; a TOML file says what those are here:

    name = "Azure-Samples/openai-apim-lb"
    policy = "openai-apim-lb/infra/modules/apim/policies/api_policy.xml"   # beside this, or in --checkouts
    pools = ["pool"]                    # backend pools that have all accounts

    [backends]                          # backends by name: the account that each is
    openai-backend-0 = "eastus2"

    [values]                            # named values; {identity} is the client id of the gateway's identity
    uami-client-id = "{identity}"

    [replace]                           # texts in the document; {eastus2} is the address of that account
    "https://first.openai.azure.com/" = "{eastus2}/"

    [breaker]                           # the breaker rule of its backends, as ARM has it
"""

import tomllib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from apimlb.errors import ConfigError, unreadable
from apimlb.stack.apis import operation
from apimlb.stack.config import Account, Stack
from apimlb.stack.desired import Policies
from apimlb.stack.names import API, OPENAI_USER, Names
from apimlb.stack.resources import Json, Output, Resource

_SERVICE = "Microsoft.ApiManagement/service"
_RESOURCE = "https://cognitiveservices.azure.com"
_TABLES: Mapping[str, type] = {
    "name": str, "policy": str, "pools": list, "backends": dict, "values": dict, "replace": dict,
    "breaker": dict,
}  # fmt: skip


_OPEN = (
    '<policies><inbound><return-response><set-status code="200" reason="OK" /></return-response></inbound>'
    "<backend /><outbound /><on-error /></policies>"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A policy for the API of `stack`, and what its report calls it. With `foreign` the service gets the
    backends and named values that it speaks of, and an identity of its own."""

    name: str
    policy: str
    stack: Stack
    foreign: "Foreign | None" = None

    def resources(self, wanted: Sequence[Resource], names: Names) -> Sequence[Resource]:
        """What the stack wants in Azure, with what the candidate needs more."""
        wanted = [*wanted, _deployments(names)]
        if self.foreign is None:
            return wanted
        more = list(self.foreign.resources(names))
        needed = frozenset(each.id for each in more)
        return [*(_adapted(each, names, needed) for each in wanted), *more]

    def policies(self, names: Names) -> Policies:
        """The policies of the stack's APIs: every key that APIM knows opens, and nobody probes."""
        document = self.document(names)
        return Policies(document, document, _OPEN, _OPEN)

    def document(self, names: Names) -> str:
        """The policy with the accounts' addresses in place of `{account}`, where that is somebody else's."""
        text = self.policy
        for account in names.stack.accounts if self.foreign is not None else ():
            text = text.replace(f"{{{account.name}}}", _address(names, account))
        return text


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a policy that was written for another service needs; see the module's docstring."""

    backends: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    breaker: Mapping[str, Any] = field(default_factory=dict)
    pools: Sequence[str] = ()

    def resources(self, names: Names) -> Iterator[Resource]:
        accounts = {account.name: account for account in names.stack.accounts}
        yield from (_role(names, account) for account in names.stack.accounts)
        members = {f"foreign-{name}": name for name in accounts} if self.pools else {}
        for backend, account in {**self.backends, **members}.items():
            yield self._backend(names, backend, accounts[account])
        for pool in self.pools:
            services = [{"id": f"{names.service_id}/backends/{member}"} for member in members]
            needs = frozenset(service["id"] for service in services)
            body = {"properties": {"type": "Pool", "pool": {"services": services}}}
            yield _child(names, "backends", pool, body, needs)
        for name, value in self.values.items():
            told = Output(names.identity_id, "properties.clientId") if value == "{identity}" else value
            properties: Json = {"displayName": name, "value": told, "secret": False}
            yield _child(
                names, "namedValues", name, {"properties": properties}, frozenset({names.identity_id})
            )

    def _backend(self, names: Names, backend: str, account: Account) -> Resource:
        """The gateway's identity is in its credentials, for policies that leave it to them."""
        properties: Json = {
            "url": f"{_address(names, account)}/openai",
            "protocol": "http",
            "credentials": {"managedIdentity": {"resource": _RESOURCE}},
        }
        if self.breaker:
            properties["circuitBreaker"] = {"rules": [dict(self.breaker)]}
        return _child(names, "backends", backend, {"properties": properties})


def read_candidate(path: Path, stack: Stack, checkouts: Path | None = None) -> Candidate:
    """The policy in an XML file, or the one that a TOML file is about; raises `ConfigError` for a file that
    cannot be read."""
    if path.suffix != ".toml":
        return Candidate(path.stem, _text(path), stack)
    try:
        told = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise unreadable("TOML", error, path) from None
    for name, value in told.items():
        if name not in _TABLES or not isinstance(value, _TABLES[name]):
            known = ", ".join(_TABLES)
            raise ConfigError(
                f"{name} is not understood.", where=str(path), next_step=f"A candidate may have {known}."
            )
    named = str(told.get("policy", f"{path.stem}.xml"))
    beside = path.parent / named
    text = _text(beside if checkouts is None or beside.is_file() else checkouts / named)
    for old, new in told.get("replace", {}).items():
        text = text.replace(old, new)
    backends, values, breaker = (told.get(each, {}) for each in ("backends", "values", "breaker"))
    foreign = Foreign(backends, values, breaker, told.get("pools", ()))
    _check(foreign, stack, path)
    return Candidate(str(told.get("name", path.stem)), text, stack, foreign)


def _check(foreign: Foreign, stack: Stack, path: Path) -> None:
    known = [account.name for account in stack.accounts]
    for backend, account in foreign.backends.items():
        if account not in known:
            raise ConfigError(
                f"The backend {backend} cannot be {account!r}.",
                where=str(path),
                next_step=f"The stack has the accounts {', '.join(known)}.",
            )


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError as error:
        raise unreadable("text in UTF-8", error, path) from None
    except OSError as error:
        next_step = "Correct the path; where checkouts are, --checkouts says."
        raise ConfigError(f"{error.strerror}.", where=str(path), next_step=next_step) from None


def _deployments(names: Names) -> Resource:
    """The operation of an API that was imported from Microsoft's document: other people's policies read the
    deployment in its parameter."""
    template = "/deployments/{deployment-id}/*"
    return operation(
        f"{names.service_id}/apis/{API}", "deployments", "POST", template, "operation deployments"
    )


def _adapted(resource: Resource, names: Names, needed: frozenset[str]) -> Resource:
    """The service gets an identity of its own beside the one that it has; the policy comes after what it
    speaks of."""
    if resource.id == names.service_id:
        identity = {**resource.body["identity"], "type": "SystemAssigned, UserAssigned"}
        return replace(resource, body={**resource.body, "identity": identity})
    if resource.id.endswith("/policies/policy"):
        return replace(resource, needs=resource.needs | needed)
    return resource


def _address(names: Names, account: Account) -> str:
    return account.endpoint or f"https://{names.account(account)}.openai.azure.com"


def _role(names: Names, account: Account) -> Resource:
    """The service's own identity may use the account."""
    scope = names.account_id(account)
    definitions = f"/subscriptions/{names.subscription}/providers/Microsoft.Authorization/roleDefinitions"
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}|{names.service_id}".lower())
    properties = {
        "roleDefinitionId": f"{definitions}/{OPENAI_USER}",
        "principalId": Output(names.service_id, "identity.principalId"),
        "principalType": "ServicePrincipal",
    }
    kind = "Microsoft.Authorization/roleAssignments"
    needs = frozenset({names.service_id, scope})
    return Resource(f"{scope}/providers/{kind}/{name}", kind, {"properties": properties}, needs=needs)


def _child(names: Names, kind: str, name: str, body: Json, needs: frozenset[str] = frozenset()) -> Resource:
    id = f"{names.service_id}/{kind}/{name}"
    return Resource(id, f"{_SERVICE}/{kind}", body, name, needs=frozenset({names.service_id}) | needs)
