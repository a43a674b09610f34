"""A policy in four pieces, played against scripted backends."""

from typing import Any

from apimlb.policy.apim.bodies import MessageBody
from apimlb.policy.apim.context import Context, RequestView, Url
from apimlb.policy.rehearse.rehearsal import Rehearsal, rehearse
from apimlb.policy.rehearse.services import ScriptedServices
from apimlb.policy.run.exchange import Exchange

FORWARD = "<forward-request/>"


def document(inbound: str = "", backend: str = FORWARD, outbound: str = "", on_error: str = "") -> str:
    return (
        f"<policies><inbound>{inbound}</inbound><backend>{backend}</backend>"
        f"<outbound>{outbound}</outbound><on-error>{on_error}</on-error></policies>"
    )


async def play(
    inbound: str = "", backend: str = FORWARD, outbound: str = "", on_error: str = "", **case: Any
) -> Rehearsal:
    """Run the four sections on a case; see `apimlb.policy.rehearse.rehearsal` for its keys."""
    return await rehearse(document(inbound, backend, outbound, on_error), case)


def replies(*given: Any) -> list[dict[str, Any]]:
    """One backend that gives these replies in turn: statuses, or whole replies."""
    return [{"reply": [{"status": reply} if isinstance(reply, int) else reply for reply in given]}]


def posted(services: ScriptedServices, body: bytes) -> Exchange:
    """A POST on its way to a backend of the services."""
    url = Url("https://gateway.test/")
    view = RequestView("POST", url, url, body=MessageBody(body))
    return Exchange(Context(services.clock, services.rng, view), services, "https://backend.test")
