"""A local Azure whose gateway learns late of what was written: over its ports, and over a restart."""

import http.client
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.command_line import CommandLine, free_port
from tests.patience import PATIENCE

ANSWERING = (
    "<policies><inbound><return-response><set-body>{}</set-body></return-response></inbound>"
    "<backend /><outbound /><on-error /></policies>"
)
ASKING = """
<policies>
  <inbound>
    <send-request mode="new" response-variable-name="other" timeout="10">
      <set-url>@{
        var here = context.Request.OriginalUrl;
        return $"{here.Scheme}://{here.Host}:{here.Port}/chat/x";
      }</set-url>
      <set-method>GET</set-method>
    </send-request>
    <return-response>
      <set-body>@("it said " + ((IResponse)context.Variables["other"]).Body.As<string>())</set-body>
    </return-response>
  </inbound>
  <backend />
  <outbound />
  <on-error />
</policies>
"""


class Site:
    """A local Azure with its clock stopped, written to over the port of ARM and asked over the gateway's."""

    def __init__(self, folder: Path) -> None:
        self.apimlb = CommandLine(folder, {})
        self.ports = ("--gateway-port", str(free_port()), "--arm-port", str(free_port()))

    def up(self) -> None:
        self.start()
        found = self.apimlb.ok("local", "env", "--format", "json").out
        self.variables: dict[str, str] = json.loads(found)
        self.apimlb.ok("local", "clock", "freeze")
        self.token = self.apimlb.ok("local", "token").out.strip()

    def start(self) -> None:
        self.apimlb.ok("local", "up", *self.ports, "--late")

    def restart(self) -> None:
        self.apimlb.ok("local", "down")
        self.start()

    def wait(self, duration: str) -> None:
        self.apimlb.ok("local", "clock", "advance", duration)

    @property
    def service(self) -> str:
        subscription = self.variables["AZURE_SUBSCRIPTION_ID"]
        group = f"/subscriptions/{subscription}/resourceGroups/rg"
        return f"{group}/providers/Microsoft.ApiManagement/service/gate"

    def put(self, id: str, body: dict[str, Any]) -> None:
        address = urlsplit(self.variables["APIMLB_ARM_ENDPOINT"])
        trust = ssl.create_default_context(cafile=self.variables["APIMLB_CA"])
        opened = http.client.HTTPSConnection(
            address.hostname or "", address.port, timeout=PATIENCE, context=trust
        )
        version = "2024-05-01" if "/providers/" in id else "2025-04-01"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        opened.request("PUT", f"{id}?api-version={version}", json.dumps(body), headers)
        reply = opened.getresponse()
        assert reply.status in (200, 201), reply.read()
        opened.close()

    def api(self, name: str, policy: str) -> None:
        api = f"{self.service}/apis/{name}"
        about = {"displayName": name, "path": name, "subscriptionRequired": False}
        self.put(api, {"properties": about})
        every = {"displayName": "all", "method": "GET", "urlTemplate": "/*"}
        self.put(f"{api}/operations/all", {"properties": every})
        self.policy(name, policy)

    def policy(self, api: str, policy: str) -> None:
        body = {"properties": {"format": "rawxml", "value": policy}}
        self.put(f"{self.service}/apis/{api}/policies/policy", body)

    def ask(self, path: str) -> tuple[int, str]:
        address = urlsplit(self.variables["APIMLB_GATEWAY_URL"])
        opened = http.client.HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)
        opened.request("GET", path)
        reply = opened.getresponse()
        found = reply.status, reply.read().decode()
        opened.close()
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A service that serves."""
    made = Site(tmp_path)
    made.up()
    made.put(made.service.partition("/providers/")[0], {"location": "eastus2"})
    publisher = {"publisherEmail": "a@b.example", "publisherName": "a"}
    sku = {"name": "BasicV2", "capacity": 1}
    made.put(made.service, {"location": "eastus2", "sku": sku, "properties": publisher})
    yield made
    made.apimlb("local", "down")


def test_what_was_written_comes_after_a_minute_whatever_happens_to_the_process(site: Site) -> None:
    site.api("chat", ANSWERING.format("one"))
    assert site.ask("/chat/x")[0] == 404
    site.restart()
    assert site.ask("/chat/x")[0] == 404
    site.wait("1m")
    assert site.ask("/chat/x") == (200, "one")
    site.policy("chat", ANSWERING.format("two"))
    site.restart()
    assert site.ask("/chat/x") == (200, "one")
    site.wait("1m")
    assert site.ask("/chat/x") == (200, "two")


def test_a_policy_reaches_another_api_over_the_gateways_own_port(site: Site) -> None:
    site.api("chat", ANSWERING.format("one"))
    site.api("ask", ASKING)
    site.wait("1m")
    assert site.ask("/ask/x") == (200, "it said one")
