"""A gateway whose APIs answer what a story wants, and what is seen of it while time goes by."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.unit.local.tenant import GATE, Tenant

GATEWAY = "https://gate.azure-api.net"
ANSWERING = (
    "<policies><inbound><return-response><set-body>{}</set-body></return-response></inbound>"
    "<backend /><outbound /><on-error /></policies>"
)
Json = dict[str, Any]
Look = Callable[[], Awaitable[object]]


class Story(Tenant):
    """A tenant whose gateway answers what the policies of its APIs say."""

    async def ask(self, path: str, method: str = "POST", **headers: str) -> tuple[int, str]:
        origin = self.settings.gateway_origin or GATEWAY
        status, body = await self.send(method, f"{origin}/{path}", **headers)
        return status, body.decode()

    async def child(self, path: str, properties: Json) -> Json:
        made: Json = await self.put(f"{GATE}/{path}", "2024-05-01", {"properties": properties})
        return made

    async def remove(self, path: str) -> None:
        status, _ = await self.arm("DELETE", f"{GATE}/{path}", "2024-05-01")
        assert status in (200, 202, 204)

    async def api(self, name: str, answer: str, **properties: Any) -> None:
        about = {"displayName": name, "path": name, "subscriptionRequired": False, **properties}
        await self.child(f"apis/{name}", about)
        await self.child(
            f"apis/{name}/operations/all", {"displayName": "all", "method": "POST", "urlTemplate": "/*"}
        )
        await self.policy(name, answer)

    async def policy(self, api: str, answer: str) -> None:
        """Let an API answer with a text."""
        await self.write(api, ANSWERING.format(answer))

    async def write(self, api: str, policy: str) -> None:
        await self.child(f"apis/{api}/policies/policy", {"format": "rawxml", "value": policy})

    async def watch(self, look: Look, seconds: int, step: float = 1.0) -> list[tuple[float, object]]:
        """What is seen anew, and after how long."""
        seen: list[tuple[float, object]] = []
        for number in range(int(seconds / step) + 1):
            found = await look()
            if not seen or seen[-1][1] != found:
                seen.append((number * step, found))
            self.clock.advance(step)
        return seen
