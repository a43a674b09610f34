"""How the local Azure of a sequence behaves."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apimlb.local.gateway import switches as gateway_switches
from apimlb.local.lateness import LATE, STALE, Lateness
from apimlb.local.openai import switches as openai_switches
from apimlb.policy import switches as policy_switches


def settings_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The world's settings: `late`, `stale` (so are ARM's own answers), `adverse`, `slow` (operations take
    their time), `gateways`."""
    lateness = LATE if options.get("late") else Lateness()
    made: dict[str, Any] = {
        "lateness": replace(lateness, reads=STALE) if options.get("stale") else lateness,
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
