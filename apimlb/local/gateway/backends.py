"""Backend entities of a service as their documents describe them: singles with a breaker rule, and pools."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from apimlb.errors import ConfigError
from apimlb.http import last_segment
from apimlb.local.gateway.breaker import Rule, read_rule
from apimlb.local.gateway.pool import Member, Pool
from apimlb.local.store import Document, Json

_NAMED_VALUE = re.compile(r"\{\{([^{}]+)\}\}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the gateway adds to every call; `identity_resource` asks for a token of the service."""

    headers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    authorization: str = ""
    identity_resource: str = ""
    identity_client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Backend:
    """A single backend; `id` is its ARM id in lower case, under which its breaker is kept."""

    id: str
    name: str
    url: str
    rule: Rule | None = None
    region: str | None = None
    credentials: Credentials = Credentials()


@dataclass(frozen=True, slots=True)
class Backends:
    """A service's backends by lower-case name; singles also by id and by the URL that they stand for."""

    singles: dict[str, Backend] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)
    by_id: dict[str, Backend] = field(default_factory=dict)
    by_url: dict[str, Backend] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def at(self, base_url: str) -> Backend | None:
        """The entity whose URL is being called, even where no policy names it (Microsoft Learn, Backends)."""
        return self.by_url.get(_comparable(base_url))


def read_backends(
    service_id: str,
    documents: Iterable[Document],
    *,
    breakers: bool,
    named_values: Mapping[str, str] = MappingProxyType({}),
) -> Backends:
    """`breakers` is False on a tier that has none; a rule that cannot be read is a problem, not a rule.

    Credentials may name `named_values` as policies do (Microsoft Learn, "Backends in API Management").
    """
    found = Backends()
    pools: list[Pool] = []
    for document in documents:
        name = last_segment(document.id)
        properties = document.body.get("properties") or {}
        if str(properties.get("type") or "Single").lower() == "pool":
            pools.append(_pool(service_id, document.id, properties))
            continue
        rule = None
        try:
            rule = read_rule(properties.get("circuitBreaker")) if breakers else None
        except ConfigError as error:
            found.problems[document.id] = str(error)
        backend = Backend(
            id=document.id.lower(),
            name=name,
            url=str(properties.get("url") or "").rstrip("/"),
            rule=rule,
            region=properties.get("azureRegion"),
            credentials=_credentials(properties.get("credentials") or {}, named_values),
        )
        found.singles[name.lower()] = found.by_id[backend.id] = backend
        found.by_url.setdefault(_comparable(backend.url), backend)
    for pool in pools:
        members = tuple(member for member in pool.members if member.id in found.by_id)
        found.pools[last_segment(pool.id)] = Pool(pool.id, members, pool.cookie)
    return found


def _pool(service_id: str, id: str, properties: Json) -> Pool:
    """Members stand there with a full ARM id or as `/backends/{name}`."""
    services = (properties.get("pool") or {}).get("services") or []
    return Pool(
        id.lower(),
        tuple(
            Member(
                f"{service_id}/backends/{last_segment(str(service['id']).rstrip('/'))}".lower(),
                _number(service.get("priority")),
                _number(service.get("weight")),
            )
            for service in services
        ),
        _cookie(properties),
    )


def _cookie(properties: Json) -> str:
    session = ((properties.get("pool") or {}).get("sessionAffinity") or {}).get("sessionId") or {}
    return str(session.get("name") or "") if str(session.get("source")).lower() == "cookie" else ""


def _number(value: int | None) -> int:
    return 1 if value is None else int(value)


def _credentials(properties: Json, named_values: Mapping[str, str]) -> Credentials:
    def filled(text: str) -> str:
        return _NAMED_VALUE.sub(lambda found: named_values.get(found[1], found[0]), text)

    authorization = properties.get("authorization") or {}
    identity = properties.get("managedIdentity") or {}
    whole = f"{authorization['scheme']} {authorization['parameter']}" if authorization else ""
    return Credentials(
        headers=tuple(
            (name, tuple(map(filled, values))) for name, values in (properties.get("header") or {}).items()
        ),
        query=tuple(
            (name, filled(value))
            for name, values in (properties.get("query") or {}).items()
            for value in values
        ),
        authorization=filled(whole),
        identity_resource=str(identity.get("resource") or ""),
        identity_client_id=identity.get("clientId"),
    )


def _comparable(url: str) -> str:
    return url.rstrip("/").lower()
