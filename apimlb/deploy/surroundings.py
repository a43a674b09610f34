"""What others put around a stack and what that does to it: told with every plan, and left alone.

a policy of an operation or a product   takes the place of the API's where it leaves out <base />
the global policy                       runs around the API's
an API on a longer path                 gets the requests that are below that path
an operation beside the stack's         gets those that its template fits more closely
a subscription to what is ours          is a key that opens it
a product that holds an API of ours     has keys that open it
a federated credential of the identity  lets whoever it names act as the gateway
a field that the table of fields warns about
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apimlb.deploy.cloud import Cloud
from apimlb.deploy.ids import (
    API,
    API_PRODUCT,
    FEDERATED_CREDENTIAL,
    IDENTITY,
    OPERATION,
    PRODUCT,
    PRODUCT_API,
    SERVICE,
    SUBSCRIPTION_KEY,
    kind_of,
    parent_of,
    place,
)
from apimlb.deploy.observer import Observed
from apimlb.deploy.reads import each, together
from apimlb.http import last_segment
from apimlb.stack.differences import at, warnings_of
from apimlb.stack.marks import Mark, mark_in, mark_of
from apimlb.stack.resources import Json, Resource

_PLAIN = frozenset({"policies", "inbound", "backend", "outbound", "on-error", "base", "forward-request"})
"""The elements of a policy that changes nothing."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The policies of other scopes that requests to the stack's APIs meet, by the id of what they are of, and
    the names of the products that hold each of the APIs, by its id in lower case."""

    policies: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, Sequence[str]] = field(default_factory=dict)


def look_around(cloud: Cloud, desired: Sequence[Resource], seen: Observed) -> Surroundings:
    """Ask for the policies around those of the stack; raises what the cloud raises."""
    service = next(r for r in desired if kind_of(r.id) == SERVICE)
    if not any(kind_of(key) == API for key in seen.replies):
        return Surroundings()
    labels = {service.id: "the whole gateway"}
    labels |= {r.id: r.label for r in desired if kind_of(r.id) == OPERATION and r.key in seen.replies}
    reads: dict[str, Callable[[], Any]] = {id: _policy(cloud, id) for id in labels}
    asked = _holding(cloud, desired, seen)
    read = together(reads | asked)
    holders = {key: read.pop(key) for key in asked} or _own_holders(seen)
    labels |= {f"{service.id}/products/{name}": f"product {name}" for name in set().union(*holders.values())}
    read |= each(lambda id: _policy(cloud, id)(), labels.keys() - read.keys())
    return Surroundings({id: text for id, text in read.items() if text}, labels, holders)


def _holding(cloud: Cloud, desired: Sequence[Resource], seen: Observed) -> dict[str, Callable[[], list[str]]]:
    """What asks, for each API of the stack's, which products hold it; nothing where all products are the
    stack's own, whose APIs were listed."""
    known = {resource.key for resource in desired}
    if {str(row["id"]).lower() for row in seen.inside if kind_of(str(row["id"])) == PRODUCT} <= known:
        return {}
    apis = [r for r in desired if kind_of(r.id) == API and r.key in seen.replies]
    return {api.key: _products(cloud, api.id) for api in apis}


def _own_holders(seen: Observed) -> dict[str, list[str]]:
    held: dict[str, list[str]] = {}
    for id in (str(row["id"]) for row in seen.inside if kind_of(str(row["id"])) == PRODUCT_API):
        product = parent_of(id)
        api = f"{parent_of(product)}/apis/{last_segment(id)}".lower()
        held.setdefault(api, []).append(last_segment(product))
    return held


def _policy(cloud: Cloud, id: str) -> Callable[[], str]:
    def read() -> str:
        found = cloud.get(f"{id}/policies/policy")
        return str(at(found, "properties.value") or "") if found else ""

    return read


def _products(cloud: Cloud, api: str) -> Callable[[], list[str]]:
    return lambda: [str(body["name"]) for body in cloud.children(api, API_PRODUCT)]


def notices(desired: Sequence[Resource], seen: Observed, around: Surroundings) -> Iterator[str]:
    """A sentence for each thing that is worth knowing."""
    mark = mark_in(desired)
    for row in seen.elsewhere:
        where = place(str(row.get("location")))
        yield (
            f"The stack {mark.stack} in {where} is still there and stays ({row['name']}). "
            f"`apimlb destroy --location {where}` takes it away."
        )
    for id, text in around.policies.items():
        if _does_something(text):
            whose = around.labels[id]
            yield f"The policy of {whose} is not the stack's and runs with its own or instead of it."
    rows = {
        kind: [row for row in seen.inside if kind_of(str(row["id"])) == kind]
        for kind in (API, SUBSCRIPTION_KEY)
    }
    yield from _shadows(desired, rows[API])
    yield from _beside(desired, seen.others)
    yield from _keys(desired, rows[SUBSCRIPTION_KEY], mark)
    yield from _holders(desired, around.holders)
    for resource in desired:
        there = seen.replies.get(resource.key)
        for warning in warnings_of(resource, there) if there is not None else ():
            yield f"{resource.label}: {warning.path} is {warning.value}: {warning.danger}."


def _does_something(text: str) -> bool:
    tags = re.findall(r"<([A-Za-z][\w-]*)", re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    return not set(tags) <= _PLAIN


def _shadows(desired: Sequence[Resource], apis: Iterable[Json]) -> Iterator[str]:
    ours = [resource for resource in desired if kind_of(resource.id) == API]
    known = {resource.key for resource in ours}
    for row in apis:
        path = str(at(row, "properties.path") or "").strip("/").lower()
        for resource in ours:
            mine = str(resource.body["properties"]["path"]).lower()
            if path.startswith(f"{mine}/") and str(row["id"]).lower() not in known:
                yield f"The API {row['name']} on the path {path} takes requests from {resource.label}."


def _beside(desired: Sequence[Resource], others: Iterable[str]) -> Iterator[str]:
    """What others put into an API of the stack's, operations each with a policy of its own perhaps, and into
    its identity."""
    labels = {r.key: r.label for r in desired if kind_of(r.id) in (API, IDENTITY)}
    for id in others:
        within, name = labels.get(parent_of(id).lower()), last_segment(id)
        if within and kind_of(id) == OPERATION:
            yield f"The operation {name} is not the stack's and takes requests from {within}."
        if within and kind_of(id) == FEDERATED_CREDENTIAL:
            yield (
                f"The federated credential {name} is not the stack's: whoever it names can act as the "
                f"{within}, and use the accounts."
            )


def _keys(desired: Sequence[Resource], keys: Iterable[Json], mark: Mark) -> Iterator[str]:
    service = next(r for r in desired if kind_of(r.id) == SERVICE)
    ours = {r.key for r in desired if kind_of(r.id) in (API, PRODUCT)}
    everything = {f"{service.key}/apis", f"{service.key}/", service.key}
    for row in keys:
        scope = str(at(row, "properties.scope") or "").lower()
        found = mark_of(SUBSCRIPTION_KEY, row)
        if (scope in ours or scope in everything) and not mark.owns(found) and row["name"] != "master":
            reach = "every API of the gateway" if scope in everything else last_segment(scope)
            yield f"The key {row['name']}, which is not the stack's, opens {reach}."


def _holders(desired: Sequence[Resource], holders: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The products that hold an API of the stack's without its doing: the policy trusts whom APIM lets in."""
    service = next(r for r in desired if kind_of(r.id) == SERVICE)
    put = {resource.key for resource in desired if kind_of(resource.id) == PRODUCT_API}
    for resource in desired:
        for name in holders.get(resource.key, ()):
            if f"{service.key}/products/{name}/apis/{last_segment(resource.key)}".lower() not in put:
                yield (
                    f"The product {name} holds {resource.label}, where the stack did not put it: "
                    "its keys open it."
                )
