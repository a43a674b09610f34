"""How accounts may charge and what they may say, by name: nobody outside Azure knows which is right."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from apimlb.local.openai.switches import CHARGES, Charging

PROFILES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "likely": {},
        "aligned": {"charging": CHARGES["clock-minutes"]},
        "sliding": {"charging": Charging(minute="sliding")},
        "leaky": {"charging": Charging(minute="leaky")},
        "two-characters": {"charging": Charging(characters_per_token=2.0)},
        "six-characters": {"charging": Charging(characters_per_token=6.0)},
        "stale": {"rate_headers": "stale"},
        "sentinel": {"rate_headers": "sentinel"},
        "absent": {"rate_headers": "absent"},
        "silent": {"rate_headers": "absent", "token_retry_after": False},
    }
)
