"""How the local Azure of a sequence behaves."""

from collections.abc import Mapping
from typing import Any

from apimlb.local.gateway import switches as gateway_switches
from apimlb.local.lateness import LATE, Lateness
from apimlb.local.openai import switches as openai_switches
from apimlb.policy import switches as policy_switches


def settings_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The world's settings: `late`, `adverse`, `slow` (operations take their time), `gateways`."""
    made: dict[str, Any] = {
        "lateness": LATE if options.get("late") else Lateness(),
        "lro": "realistic" if options.get("slow") else "at-once",
        "gateways": options.get("gateways", 1),
    }
    if options.get("adverse"):
        made |= {
            "openai": openai_switches.Settings(switches=openai_switches.ADVERSE),
            "gateway": gateway_switches.ADVERSE,
            "policy": policy_switches.ADVERSE,
        }
    return made
