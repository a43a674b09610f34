"""Resource Manager's side of a conversation with the deployer: answers by a script, or by a function."""

import json
from collections.abc import Callable
from typing import Any

from apimlb.deploy.azure import Azure
from apimlb.deploy.cloud import Target
from apimlb.deploy.sdk.credential import SharedCredential
from apimlb.deploy.sdk.wire import Wire
from apimlb.http import Headers, Request, Response
from tests.fakes import ManualClock
from tests.sdk import FakeCredential, InProcessTransport

Script = Response | Exception | Callable[[Request], Response]

GROUP = "/subscriptions/s/resourceGroups/rg"
SERVICE = f"{GROUP}/providers/Microsoft.ApiManagement/service/apim"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/oai"
DEPLOYMENT = f"{ACCOUNT}/deployments/chat"
BACKEND = f"{SERVICE}/backends/chat"
OPERATION = "https://management.azure.com/subscriptions/s/operations/1"


def reply(status: int = 200, body: Any = None, **headers: str) -> Response:
    named = [("Content-Type", "application/json")]
    named += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status, Headers(named), b"" if body is None else json.dumps(body).encode())


def error(status: int, code: str, message: str = "no", **more: Any) -> Response:
    return reply(status, {"error": {"code": code, "message": message, **more}})


def begun(state: str = "Creating", **headers: str) -> Response:
    """The answer to a request that began a long-running operation."""
    return reply(201, {"properties": {"provisioningState": state}}, Azure_AsyncOperation=OPERATION, **headers)


DONE = reply(200, {"status": "Succeeded"})
AT_END_BODY = {"id": DEPLOYMENT, "properties": {"provisioningState": "Succeeded"}}
AT_END = reply(200, AT_END_BODY)


class Arm:
    """Azure's side, which answers the next line of a script, and ours, connected to it.

    With `endless` the last line is answered for ever.
    """

    def __init__(self, *script: Script, endless: bool = False) -> None:
        self.script = list(script)
        self.endless = endless
        self.requests: list[Request] = []
        self.clock = ManualClock()
        self.credential: Any = FakeCredential(self.clock)

    @property
    def cloud(self) -> Azure:
        shared = SharedCredential(lambda: self.credential, "", self.clock)
        transport = {"transport": InProcessTransport(self._answer, self.clock)}
        return Azure("s", Wire(Target("s"), shared, self.clock, transport), self.clock)

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(request.method, request.path) for request in self.requests]

    def _answer(self, request: Request) -> Response:
        self.requests.append(request)
        line = self.script[0] if self.endless and len(self.script) == 1 else self.script.pop(0)
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, Response) else line(request)
