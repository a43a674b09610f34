"""Backends and pools of backends.

Recorded: apim_aso_backend 12, 13. A pool's refusals: reported in azure-rest-api-specs issue 35713 and apiops
issue 797; limits: Microsoft Learn, "Backends in API Management".
"""

import re

from apimlb.http import is_url, last_segment
from apimlb.local.arm.apim.children import Child, Content, fields, service_id
from apimlb.local.arm.call import Call, objects, section
from apimlb.local.arm.errors import validation_error
from apimlb.local.store import Document, Json

_POOL_LIMIT = 30
_SHARES = {"priority": 100, "weight": 100}
"""The most that each may be, 0 the least: the contract's BackendPoolItem."""
_ECHOED = ("type", "resourceId", "credentials", "proxy", "tls", "circuitBreaker", "properties")
_DURATION = re.compile(r"P(?!$)([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?")
_TLS = (
    "validateCertificateChain",
    "validateCertificateName",
    "serverCertificateThumbprints",
    "serverX509Names",
)
Problem = tuple[str, str]


def _content(call: Call, existing: Document | None, sent: Json) -> Content:
    pool = str(sent.get("type") or "Single").lower() == "pool"
    problems = _pool_problems(call, sent) if pool else _single_problems(call, sent)
    if problems:
        raise validation_error(*problems)
    title = {"title": sent.get("title")}
    if pool:
        # Shape: Microsoft's example ApiManagementCreateBackendWithWeightedLoadBalancer.
        made = {**title, **fields(sent, {}, ("description",)), "type": "Pool", "url": None, "protocol": None}
        return made | {"pool": sent["pool"]}, {}
    made = {**title, **fields(sent, {}, ("description",)), "url": sent["url"], "protocol": sent["protocol"]}
    made |= fields({**sent, **_tls(sent)}, {}, _ECHOED)
    return made, {}


def _tls(sent: Json) -> Json:
    """In the provider's own order (recorded: apim_aso_backend 12)."""
    tls = section(sent, "tls")
    return {"tls": {name: tls[name] for name in _TLS if name in tls}} if tls else {}


def _single_problems(call: Call, sent: Json) -> list[Problem]:
    problems: list[Problem] = []
    url = str(sent.get("url") or "")
    if not is_url(url):
        problems.append(("url", "'url' must be an absolute http or https address."))
    elif "?" in url:
        # API Management release notes, June 2024.
        problems.append(("url", "'url' must not contain a query string."))
    if sent.get("protocol") not in ("http", "soap"):
        problems.append(("protocol", "'protocol' must be http or soap."))
    if sent.get("pool"):
        problems.append(("pool", "Pool is not supported for a backend of type Single."))
    problems += _credential_problems(section(sent, "credentials"))
    return problems + _breaker_problems(call, section(sent, "circuitBreaker"))


def _credential_problems(credentials: Json) -> list[Problem]:
    """Headers and parameters have lists of values; an authorization is whole."""
    problems = [
        (f"credentials.{name}", f"'{key}' must be an array of strings.")
        for name in ("header", "query")
        for key, values in section(credentials, name).items()
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values)
    ]
    authorization = section(credentials, "authorization")
    if authorization and not (authorization.get("scheme") and authorization.get("parameter")):
        problems.append(("credentials.authorization", "'scheme' and 'parameter' must not be empty."))
    return problems


def _breaker_problems(call: Call, breaker: Json) -> list[Problem]:
    rules = objects(breaker, "rules")
    if not rules:
        return []
    service = call.store.get(service_id(call))
    if service and service.body["sku"]["name"] == "Consumption":
        return [("circuitBreaker", "Circuit breaker is not supported in the Consumption tier.")]
    if len(rules) > 1:
        return [("circuitBreaker", "Only one circuit breaker rule is supported.")]
    return _rule_problems(rules[0])


def _rule_problems(rule: Json) -> list[Problem]:
    condition = section(rule, "failureCondition")
    problems = []
    if not rule.get("name"):
        problems.append(("circuitBreaker.rules[0].name", "'name' must not be empty."))
    if (condition.get("count") is None) == (condition.get("percentage") is None):
        problems.append(("failureCondition", "Exactly one of 'count' and 'percentage' must be given."))
    for target, text in (("interval", condition.get("interval")), ("tripDuration", rule.get("tripDuration"))):
        if not _DURATION.fullmatch(str(text or "")):
            problems.append((target, f"'{target}' must be an ISO 8601 duration."))
    for item in objects(condition, "statusCodeRanges"):
        low, high = item.get("min"), item.get("max")
        if type(low) is not int or type(high) is not int or not 200 <= low <= high <= 599:
            problems.append(("statusCodeRanges", "A range must lie between 200 and 599."))
    return problems


def _pool_problems(call: Call, sent: Json) -> list[Problem]:
    problems: list[Problem] = [
        (name, f"{name.capitalize()} is not supported for backend pool.")
        for name in ("url", "protocol")
        if sent.get(name)
    ]
    members = objects(section(sent, "pool"), "services")
    if not 1 <= len(members) <= _POOL_LIMIT:
        problems.append(("pool", f"A pool must have between 1 and {_POOL_LIMIT} services."))
    for member in members:
        problems += _member_problems(call, str(member.get("id") or ""))
        problems += [
            (f"pool.services.{name}", f"'{name}' must be a whole number from 0 to {most}.")
            for name, most in _SHARES.items()
            if (share := member.get(name)) is not None and not (type(share) is int and 0 <= share <= most)
        ]
    return problems


def _member_problems(call: Call, id: str) -> list[Problem]:
    """A member is a single backend of this service, by full id or from "/backends/" on."""
    name = last_segment(id)
    found = call.store.get(f"{service_id(call)}/backends/{name}")
    if found is None or not id.lower().endswith(f"/backends/{name}".lower()):
        return [("pool", f"Backend Entity '{name}' not found.")]
    if found.body["properties"].get("type") == "Pool":
        return [("pool", f"Backend Entity '{name}' is a pool and cannot be a member of another.")]
    return []


def _guard(call: Call, document: Document) -> None:
    """A member of a pool cannot be deleted."""
    for item in call.store.children(service_id(call), document.kind):
        members = section(item.body["properties"], "pool").get("services") or []
        if any(
            member["id"].lower().endswith(f"/backends/{document.body['name']}".lower()) for member in members
        ):
            text = f"Backend '{document.body['name']}' is in use by the pool '{item.body['name']}'."
            raise validation_error(("pool", text))


BACKEND = Child(
    "backends/{backend}",
    "Backend",
    _content,
    guard=_guard,
    types={
        **dict.fromkeys(("title", "description", "url", "protocol", "type", "resourceId"), str),
        **dict.fromkeys((f"credentials.authorization.{name}" for name in ("scheme", "parameter")), str),
        **dict.fromkeys((f"credentials.managedIdentity.{name}" for name in ("resource", "clientId")), str),
        "credentials.managedIdentity": dict,
        "pool.sessionAffinity": dict,
        "pool.sessionAffinity.sessionId": dict,
        **dict.fromkeys((f"pool.sessionAffinity.sessionId.{name}" for name in ("name", "source")), str),
    },
)
ROUTES = BACKEND.routes
