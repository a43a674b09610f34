"""What a policy of three elements takes around a backend call that takes no time, in CPU.

    python benchmarks/policy_runtime.py [RUNS]

Prints microseconds per request, beside those of a bare async function call as the yardstick of the machine.
"""

import argparse
import asyncio
import random
from contextlib import AbstractContextManager, nullcontext
from time import process_time

from apimlb.http import Headers, Request, Response
from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.apim.credentials import Authorization
from apimlb.policy.compiler import compile_policy, effective
from apimlb.policy.run.exchange import CachingType, Exchange, ForwardOptions
from apimlb.policy.run.pipeline import run
from apimlb.policy.run.records import Record

POLICY = """
<policies>
  <inbound>
    <set-variable name="model" value="@(context.Request.Headers.GetValueOrDefault("x-model", "gpt"))" />
    <set-backend-service backend-id="pool" />
  </inbound>
  <backend>
    <retry condition="@(context.Response.StatusCode == 429 || context.Response.StatusCode >= 500)"
           count="2" interval="0">
      <forward-request buffer-request-body="true" />
    </retry>
  </backend>
  <outbound />
  <on-error />
</policies>
"""
ROUNDS = 5


class Instant:
    """Services that answer at once."""

    def __init__(self) -> None:
        self.rng = random.Random(1)
        self.cache = self
        self.clock = self
        self.response = Response(200, Headers([("Content-Type", "application/json")]), b"{}")

    def now(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        return None

    def pause(self, seconds: float) -> None:
        return None

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        return nullcontext()

    async def get(self, key: str, kind: CachingType) -> object:
        return None

    async def put(self, key: str, value: object, seconds: float, kind: CachingType) -> None:
        return None

    async def remove(self, key: str, kind: CachingType) -> bool:
        return True

    async def forward(self, exchange: Exchange, options: ForwardOptions) -> Response:
        return self.response

    async def send(self, request: Request, timeout: float) -> Response:
        return self.response

    async def call(self, backend: str, request: Request, timeout: float) -> Response:
        return self.response

    async def managed_identity_token(self, resource: str, client_id: str | None) -> str:
        return "token"

    async def authorization(self, provider: str, connection: str, identity: str | None) -> Authorization:
        raise NotImplementedError

    def record(self, record: Record) -> None:
        raise NotImplementedError


async def nothing() -> None:
    return None


async def measure(runs: int) -> tuple[float, float]:
    """Microseconds per policy run and per bare call, the best of a few rounds."""
    policy = effective([compile_policy(POLICY)])
    services = Instant()
    url = Url("https://gateway.test/openai/deployments/gpt/chat/completions?api-version=1")
    headers = Headers([("Content-Type", "application/json"), ("x-model", "gpt-5.1")])
    policies, calls = [], []
    for _ in range(ROUNDS):
        exchanges = [
            Exchange(
                Context(services, services.rng, RequestView("POST", url, url, headers, MessageBody(b"{}"))),
                services,
                "https://backend.test",
            )
            for _ in range(runs)
        ]
        began = process_time()
        for exchange in exchanges:
            await run(policy, exchange)
        policies.append(process_time() - began)
        began = process_time()
        for _ in range(runs):
            await nothing()
        calls.append(process_time() - began)
    return min(policies) / runs * 1e6, min(calls) / runs * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="?", type=int, default=5000)
    policy, call = asyncio.run(measure(parser.parse_args().runs))
    print(f"policy of three elements around a backend call: {policy:.1f} us")
    print(f"bare async function call:                       {call:.2f} us")


if __name__ == "__main__":
    main()
