"""Small APIs with policies of their own at a bench, and a server behind them that answers as it is asked to.

The server is an API of the same gateway: a backend is called by a name, and answers what the request's header
`verify-<name>` says, `status,retry-after,seconds`, each 0 for none; 200 at once without that header.

An API's policy stands before its operation, so that its 404 ends when all of it can be asked. Gateways learn
late of what is written: what is new is waited for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apimlb.errors import NotReadyError
from apimlb.verify.bench import Bench, Heard, Json

_PAUSES = (0.5, 1.0, 2.0, *[5.0] * 60)
"""Seconds between looks for what was written: five minutes in all."""
_READY = (
    '<choose><when condition="@(context.Request.Headers.ContainsKey("verify-ready"))"><return-response>'
    '<set-status code="204" reason="Ready" /></return-response></when></choose>'
)
_SAID = "((string)context.Variables[\"said\"]).Split(',')"
_SERVER = (
    '<set-variable name="said" value="@(context.Request.Headers.GetValueOrDefault("verify-" + '
    'context.Request.MatchedParameters["name"], "200,0,0"))" />'
    f'<choose><when condition="@({_SAID}[2] != "0")">'
    f'<retry condition="@(context.Elapsed.TotalSeconds < int.Parse({_SAID}[2]))" count="50" interval="1">'
    '<set-variable name="waited" value="@(true)" /></retry></when></choose>'
    f'<choose><when condition="@({_SAID}[1] != "0")"><return-response>'
    f'<set-status code="@(int.Parse({_SAID}[0]))" reason="Asked" /><set-header name="Retry-After" '
    f'exists-action="override"><value>@({_SAID}[1])</value></set-header></return-response></when></choose>'
    f'<return-response><set-status code="@(int.Parse({_SAID}[0]))" reason="Asked" />'
    '<set-header name="verify-name" exists-action="override">'
    '<value>@(context.Request.MatchedParameters["name"])</value></set-header></return-response>'
)
FORWARD = '<forward-request timeout="120" />'


@dataclass(slots=True)
class Stand:
    """A bench with what was put on it; `mark` is a word of this run's own, which nobody guesses.

    `accounts` are the URLs of accounts to ask, whose first is asked about tokens and whose second about
    calls; each has so many `tokens` a minute under the name of the `deployment`. `provisioned` is another
    one of the first, empty where there is none.
    """

    bench: Bench
    mark: str
    accounts: tuple[str, ...] = ()
    identity: str = ""
    deployment: str = "chat"
    tokens: int = 12_000
    provisioned: str = ""
    made: set[str] = field(default_factory=set)

    async def api(
        self, name: str, policy: str, *, methods: tuple[str, ...] = ("GET",), keyed: bool = False
    ) -> str:
        """The URL of a new API with this policy, once it can be called; its operations take any path."""
        id, path = f"apis/verify-{self.mark}-{name}", f"verify-{self.mark}/{name}"
        await self.bench.write(id, _api(f"verify {self.mark} {name}", path, keyed=keyed))
        await self.bench.write(f"{id}/policies/policy", _policy(policy))
        for method in methods:
            await self.bench.write(f"{id}/operations/{method.lower()}", _operation(method, "/*"))
        url = f"{self.bench.origin}/{path}"
        for method in methods:
            await self._shown(method, url, 401 if keyed else 204)
        return url

    async def server(self) -> str:
        """The URL of the server; a backend's own is that and a name."""
        id, path = f"apis/verify-{self.mark}-server", f"verify-{self.mark}/server"
        url = f"{self.bench.origin}/{path}"
        if id in self.made:
            return url
        await self.bench.write(id, _api(f"verify {self.mark} server", path))
        await self.bench.write(f"{id}/policies/policy", _policy(document(_SERVER)))
        for method in ("GET", "POST"):
            operation = _operation(method, "/{name}/*")
            await self.bench.write(f"{id}/operations/{method.lower()}", operation)
        await self._shown("GET", f"{url}/any", 204)
        self.made.add(id)
        return url

    async def backend(self, name: str, rule: Json | None = None) -> str:
        """The id of a new backend that leads to the server, with one rule of a breaker at most."""
        url = f"{await self.server()}/{name}"
        properties: Json = {"url": url, "protocol": "http"}
        if rule:
            properties["circuitBreaker"] = {"rules": [{"name": "verify", **rule}]}
        id = f"verify-{self.mark}-{name}"
        await self.bench.write(f"backends/{id}", {"properties": properties})
        return id

    async def pool(self, name: str, members: tuple[str, ...]) -> str:
        """The id of a new pool of backends, each as good as the other."""
        id = f"verify-{self.mark}-{name}"
        services = [{"id": f"/backends/{member}", "priority": 1, "weight": 1} for member in members]
        body = {"properties": {"type": "Pool", "pool": {"services": services}}}
        await self.bench.write(f"backends/{id}", body)
        return id

    async def get(self, url: str, **said: str) -> Heard:
        """What is answered to a GET below the URL; `said` are headers, underscores for hyphens."""
        return await self.call("GET", url, {name.replace("_", "-"): text for name, text in said.items()})

    async def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Heard:
        return await self.bench.ask(method, f"{url}/go", headers, body)

    async def sleep(self, seconds: float) -> None:
        await self.bench.clock.sleep(seconds)

    async def _shown(self, method: str, url: str, status: int) -> None:
        """Return once a call is answered with the status; raises `NotReadyError` after five minutes."""
        for pause in _PAUSES:
            heard = await self.bench.ask(method, f"{url}/ready", {"verify-ready": "1"})
            if heard.status == status:
                return
            await self.sleep(pause)
        raise NotReadyError(
            f"the gateway does not serve what was written: it answers {heard.status}", where=url
        )


def document(inbound: str = "", backend: str = FORWARD, outbound: str = "", on_error: str = "") -> str:
    """A policy of these sections. Who asks whether it is there is told so before all else."""
    return (
        f"<policies><inbound><base />{_READY}{inbound}</inbound><backend>{backend}</backend>"
        f"<outbound><base />{outbound}</outbound><on-error><base />{on_error}</on-error></policies>"
    )


def answer(**headers: str) -> str:
    """An answer of the policy's own with headers of these expressions, underscores for hyphens."""
    set_headers = "".join(header(name, text) for name, text in headers.items())
    return f'<return-response><set-status code="200" reason="OK" />{set_headers}</return-response>'


def header(name: str, expression: str) -> str:
    return (
        f'<set-header name="{name.replace("_", "-")}" exists-action="override">'
        f"<value>@({expression})</value></set-header>"
    )


def variable(name: str, expression: str) -> str:
    return f'<set-variable name="{name}" value="@({expression})" />'


def to_backend(id: str) -> str:
    return f'<set-backend-service backend-id="{id}" />'


def rule(*statuses: tuple[int, int], count: int = 1, interval: str = "PT10S", trip: str = "PT30S") -> Json:
    """A breaker's rule."""
    return {
        "failureCondition": {
            "count": count,
            "interval": interval,
            "statusCodeRanges": [{"min": low, "max": high} for low, high in statuses],
        },
        "tripDuration": trip,
        "acceptRetryAfter": False,
    }


def _api(title: str, path: str, *, keyed: bool = False) -> Json:
    properties = {"displayName": title, "path": path, "protocols": ["https"], "subscriptionRequired": keyed}
    return {"properties": properties}


def _policy(text: str) -> Json:
    return {"properties": {"format": "rawxml", "value": text}}


def _operation(method: str, template: str) -> Json:
    named = [part.partition("}")[0] for part in template.split("{")[1:]]
    return {
        "properties": {
            "displayName": f"{method} {template}",
            "method": method,
            "urlTemplate": template,
            "templateParameters": [{"name": name, "type": "string", "required": True} for name in named],
        }
    }
