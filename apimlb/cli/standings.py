"""How a stack stands, as a person reads it in 80 columns and as JSON.

gateway   https://apim-apimlb-55a5a3e2.azure-api.net
          BasicV2 in eastus2: Succeeded; strangers are refused

account, deployment    capacity  model               retires     now
eastus2                                              priority 1, weight 1
  chat                       30  gpt-5.1 2025-11-13  2027-05-15  ready
  embedding                  30  text-embedding-3-s… 2027-04-15  at its limit (429)

drift     none
"""

from collections.abc import Iterator
from typing import Any

from apimlb.deploy.status import Account, Gateway, Serving, Status
from apimlb.http import last_segment

_MODEL = 26


def document(stack: str, found: Status) -> dict[str, Any]:
    """The status as JSON: `problems` is empty when all is well."""
    return {
        "stack": stack,
        "healthy": not found.problems,
        "problems": list(found.problems),
        "gateway": _gateway(found.gateway),
        "accounts": [_account(account, found.now) for account in found.accounts],
        "workbook": found.workbook or None,
        "drift": [{"action": d.action, "label": d.label, "fields": list(d.fields)} for d in found.drift],
        "notices": list(found.notices),
    }


def _gateway(gateway: Gateway) -> dict[str, Any]:
    return {
        "name": gateway.name,
        "url": gateway.url,
        "tier": gateway.tier,
        "location": gateway.location,
        "state": gateway.state,
        "refuses_strangers": gateway.shut,
        "shared": gateway.shared,
    }


def _account(account: Account, now: float) -> dict[str, Any]:
    return {
        "name": account.name,
        "resource": account.resource,
        "location": account.location,
        "state": account.state,
        "priority": account.priority,
        "weight": account.weight,
        "drained": account.drained,
        "deployments": [_serving(serving, now) for serving in account.deployments],
    }


def _serving(serving: Serving, now: float) -> dict[str, Any]:
    probe, end = serving.probe, serving.retirement
    return {
        "name": serving.name,
        "model": serving.model,
        "version": serving.version,
        "sku": serving.sku,
        "capacity": serving.capacity,
        "state": serving.state,
        "probe": None if probe is None else {"status": probe.status, "says": str(probe)},
        "ready": None if probe is None else probe.is_ready and not probe.is_throttled,
        "throttled": None if probe is None else probe.is_throttled,
        "retires": None if end is None else str(end.day),
        "days_left": None if end is None else end.days_left(now),
    }


def lines(found: Status) -> Iterator[str]:
    """The status as a person reads it."""
    gateway = found.gateway
    yield f"gateway   {gateway.url}"
    unknown = "; its API is not finished" if gateway.lacking else ""
    told = {True: "; strangers are refused", False: "; STRANGERS GET IN", None: unknown}[gateway.shut]
    if gateway.shared:
        yield f"          {gateway.name}, which others use"
    yield f"          {gateway.tier} in {gateway.location}: {gateway.state}{told}"
    if found.workbook:
        yield f"workbook  {last_segment(found.workbook)}, in the portal under the resource group"
    yield ""
    widest = max(len(s.name) for a in found.accounts for s in a.deployments) + 2
    width = max(20, widest)
    yield f"{'account, deployment':<{width}} {'capacity':>8}  {'model':<{_MODEL}}  retires"
    for account in found.accounts:
        yield from _account_lines(account, width)
    yield ""
    yield f"drift     {'none' if not found.drift else f'{len(found.drift)} of its resources'}"
    for drift in found.drift:
        yield f"  {drift.action} {drift.label}" + (f": {', '.join(drift.fields)}" if drift.fields else "")
    for problem in found.problems:
        yield f"problem   {problem}"


def _account_lines(account: Account, width: int) -> Iterator[str]:
    drained = ", DRAINED" if account.drained else ""
    state = f", {account.state}" if account.state not in ("Succeeded", "") else ""
    gone = "" if account.state else ", NOT THERE"
    place = "" if account.location == account.name else f" in {account.location}"
    yield f"{account.name}{place}, priority {account.priority}, weight {account.weight}{state}{gone}{drained}"
    for serving in account.deployments:
        capacity = "" if serving.capacity is None else str(serving.capacity)
        model = _cut(f"{serving.model} {serving.version}".strip())
        end = "" if serving.retirement is None else str(serving.retirement.day)
        now = "" if serving.probe is None else str(serving.probe)
        first = f"  {serving.name:<{width - 2}} {capacity:>8}  {model:<{_MODEL}}  {end:<10}"
        # What is longer than the line stands below, so that 80 columns hold it.
        if len(first) + 2 + len(now) <= 80 or not now:
            yield f"{first}  {now}".rstrip()
        else:
            yield first.rstrip()
            yield f"    {now}"


def _cut(text: str) -> str:
    return text if len(text) <= _MODEL else f"{text[: _MODEL - 1]}…"
