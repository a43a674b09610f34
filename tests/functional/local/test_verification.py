"""Every switch of the local Azure is found out from outside, in whichever way it is set."""

import json
import random
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from apimlb.clock import Clock
from apimlb.deploy.gateway import UnreachableError
from apimlb.errors import CloudError
from apimlb.http import Headers, Request, read
from apimlb.local.entra.tokens import Principal
from apimlb.local.gateway.switches import ADVERSE as ADVERSE_GATEWAY
from apimlb.local.gateway.switches import GatewaySwitches
from apimlb.local.openai.switches import CHARGES, Switches
from apimlb.local.store import Store
from apimlb.local.world import ARM_ORIGIN, OWNER, World, WorldSettings
from apimlb.policy import switches as policy
from apimlb.simulator.clock import VirtualClock
from apimlb.verify.bench import Heard, Json
from apimlb.verify.interview import HOURLY, QUESTIONS, UNASKED, chosen, interview, left_out
from apimlb.verify.stand import Stand
from tests.functional.local.stack_scene import LIKELY, _deployed
from tests.signing import provide_key

VERIFIED: dict[str, Any] = {
    "name": "verify",
    "bare_host": False,
    "accounts": [{"location": "eastus2", "name": "one"}, {"location": "eastus2", "name": "two"}],
    "deployments": {
        "chat": {"model": "gpt-5.4-nano", "version": "2026-03-17", "capacity": 12},
    },
}


class WorldBench:
    """A `Bench` at a world whose clock leaps."""

    def __init__(self, settings: WorldSettings) -> None:
        store = Store()
        for document in _deployed(json.dumps(VERIFIED, sort_keys=True), frozenset()):
            store.put(document)
        provide_key(store)
        self._virtual = VirtualClock(1_800_000_000.0)
        self.clock: Clock = self._virtual
        self.world = World(store, self.clock, random.Random(7), settings)
        [service] = store.of_kind("microsoft.apimanagement/service")
        self._service = service.id
        self.origin = f"https://{service.body['name']}.azure-api.net"
        kept = store.of_kind("microsoft.cognitiveservices/accounts")
        self._ids = [item.id for item in store.of_kind("microsoft.cognitiveservices/accounts")]
        self.accounts = tuple(f"https://{item.body['name']}.openai.azure.com" for item in kept)

    async def write(self, path: str, body: Json) -> None:
        await self._put(f"{self._service}/{path}", body, "2024-05-01")

    async def provision(self) -> None:
        """Give the first account a provisioned deployment."""
        model = {"format": "OpenAI", "name": "gpt-5.4-mini", "version": "2026-03-17"}
        sku = {"name": "GlobalProvisionedManaged", "capacity": 15}
        body = {"sku": sku, "properties": {"model": model}}
        await self._put(f"{self._ids[0]}/deployments/provisioned", body, "2025-09-01")

    async def _put(self, id: str, body: Json, version: str) -> None:
        token = self.world.entra.mint(Principal(OWNER.client_id, OWNER.object_id), ARM_ORIGIN)
        url = f"{ARM_ORIGIN}{id}?api-version={version}"
        headers = Headers([("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")])
        answered = await self.world.manage(Request("PUT", url, headers, json.dumps(body).encode()))
        if answered.status >= 400:
            raise CloudError(str(await read(answered)), where=id, status=answered.status)

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Heard:
        began = self.clock.now()
        try:
            answered = await self.world.send(Request(method, url, Headers(headers.items()), body))
        except ConnectionError as error:
            raise UnreachableError(str(error)) from error
        text = await read(answered)
        took = self.clock.now() - began
        return Heard(answered.status, answered.reason, answered.headers, text, took)

    async def together(self, works: Sequence[Awaitable[Any]]) -> list[Any]:
        outcomes: dict[int, Any] = {}

        async def noted(number: int, work: Awaitable[Any]) -> None:
            outcomes[number] = await work

        for number, work in enumerate(works):
            self._virtual.spawn(noted(number, work))
        while len(outcomes) < len(works):
            await self.clock.sleep(0.01)
        return [outcomes[number] for number in range(len(works))]

    def answers(self, *names: str) -> dict[str, Any]:
        """What the questions about these names find; fails when one stays open."""
        stand = Stand(self, "0a1b2c3d", self.accounts, "{{apimlb-identity}}", provisioned="provisioned")
        questions = [question for question in QUESTIONS if set(names) & set(question.names)]
        if any(question.provisioned for question in questions):
            self._virtual.complete(self.provision())
        found = self._virtual.complete(interview(stand, questions, lambda line: None))
        assert found.open == {}
        return found.answers


ODD_GATEWAY = {
    **{field.name: getattr(ADVERSE_GATEWAY, field.name) for field in fields(GatewaySwitches)},
    "cache_delay": 0.35,
    "cache_seconds": (0.02, 0.09),
    "cache_loss": 0.4,
}
ODD_POLICY: dict[str, Any] = {
    **{field.name: getattr(policy.ADVERSE, field.name) for field in fields(policy.Switches)},
    "attribute_types": "any",
}
ODD_OPENAI: dict[str, list[Any]] = {
    "charging": [*CHARGES.values()],
    "request_slice": ["one-second"],
    "refused_calls_count": [False],
    "refused_tokens_count": [True],
    "body": ["429", "429-free"],
    "token_retry_after": [False],
    "retry_after": ["seconds", "milliseconds"],
    "day_in": [3],
    "oversize_retry_after": [86_400],
    "rate_headers": ["sentinel", "absent", "stale", "no-resets", "absurd", "of-2023"],
    "responses_headers": ["sentinel"],
    "spillover_failure": ["provisioned"],
}
CLOSE = {"gateway.cache_delay": 0.05, "gateway.cache_loss": 0.12}


def settings(plane: str, switches: Any) -> WorldSettings:
    if plane == "openai":
        return replace(LIKELY, openai=replace(LIKELY.openai, switches=switches))
    return replace(LIKELY, **{plane: switches})


def odd() -> list[tuple[str, str, Any]]:
    rows = [("gateway", name, value) for name, value in ODD_GATEWAY.items()]
    rows += [("policy", name, value) for name, value in ODD_POLICY.items()]
    return rows + [("openai", name, value) for name, values in ODD_OPENAI.items() for value in values]


DEFAULTS: dict[str, Any] = {"gateway": GatewaySwitches(), "policy": policy.Switches(), "openai": Switches()}


@pytest.mark.parametrize(("plane", "switch", "value"), odd())
def test_a_switch_that_is_set_otherwise_is_found(plane: str, switch: str, value: Any) -> None:
    switches = replace(DEFAULTS[plane], **{switch: value})
    name = f"{plane}.{switch}"
    check(name, WorldBench(settings(plane, switches)).answers(name)[name], value)


@pytest.mark.parametrize("plane", DEFAULTS)
def test_every_switch_is_found_as_it_usually_is(plane: str) -> None:
    asked = [name for question in QUESTIONS for name in question.names if name.startswith(f"{plane}.")]
    found = WorldBench(LIKELY).answers(*asked)
    for name in asked:
        check(name, found[name], getattr(DEFAULTS[plane], name.partition(".")[2]))


def check(name: str, found: Any, value: Any) -> None:
    if name == "gateway.cache_seconds":
        assert value[0] <= found[0] <= found[1] <= value[1]
        assert found[1] - found[0] >= 0.7 * (value[1] - value[0])
    elif name in CLOSE:
        assert found == pytest.approx(value, abs=CLOSE[name])
    elif is_dataclass(value):
        parts = [field.name for field in fields(value) if field.name in found]
        assert found == {name: getattr(value, name) for name in parts}
        assert {"minute", "prompt", "unstated", "settled"} <= found.keys()
    else:
        assert found == value


def test_no_switch_goes_unasked_without_a_reason() -> None:
    every = {f"{plane}.{field.name}" for plane, made in DEFAULTS.items() for field in fields(made)}
    asked = {name for question in QUESTIONS for name in question.names if not name.startswith("fact.")}
    assert every - asked == {name for name in UNASKED if name in every}
    assert asked <= every


def test_what_is_billed_by_the_hour_is_asked_only_where_that_was_said() -> None:
    free = chosen([], provisioned=False)
    assert not any(question.provisioned for question in free)
    assert left_out([]) == {"openai.spillover_failure": HOURLY}
    assert left_out(["gateway."]) == {}
    assert chosen(["openai.spillover"], provisioned=False) == ()
