"""The locustfile asks what the simulator asks, with nothing of apimlb's imported.

It runs in a process of its own: Locust patches the standard library.
"""

import json
import subprocess
import sys
from typing import Any

import pytest

from apimlb.loadtest.load import Load
from apimlb.loadtest.running import LOCUSTFILE
from apimlb.simulator.scenario import Scenario
from apimlb.simulator.traffic import arrivals

COUNT = 40
SCRIPT = f"""
import itertools, json, runpy, sys
made = runpy.run_path({str(LOCUSTFILE)!r})
asked = []
for settings in json.load(sys.stdin):
    found = itertools.islice(made["crowd"](settings, str(settings["seed"])), {COUNT})
    asked.append([[moment, list(question)] for moment, question in found])
ours = [name for name in sys.modules if name.startswith("apimlb")]
json.dump({{"asked": asked, "apimlb": ours}}, sys.stdout)
"""
SETTINGS: list[dict[str, Any]] = [
    {"tokens": tokens, "sigma": sigma, "streams": streams, "seed": seed, "rpm": rpm}
    for seed, rpm in ((0, 60.0), (7, 900.0))
    for tokens in ("500", "50", "9000", "400,100", "30,2")
    for sigma in (0.0, 0.9)
    for streams in (0.0, 0.4, 1.0)
]


@pytest.fixture(scope="module")
def told() -> Any:
    """What the locustfile makes of the settings."""
    asked = [Load(embeddings=0.0, **each).settings() for each in SETTINGS]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def simulated(settings: dict[str, Any]) -> list[Any]:
    means = [int(part) for part in settings["tokens"].split(",")]
    prompt, completion = means if len(means) == 2 else (0, 0)
    scenario = Scenario(
        rpm=settings["rpm"],
        mean_tokens=sum(means),
        prompt=prompt,
        completion=completion,
        sigma=settings["sigma"],
        streams=settings["streams"],
        seed=settings["seed"],
    )
    found = [next(asked) for asked in [arrivals(scenario, settings["rpm"] / 60)] for _ in range(COUNT)]
    return [
        [moment, ["stream" if question.stream else "chat", question.characters, question.limit]]
        for moment, question in found
    ]


def test_a_crowd_asks_what_the_simulator_asks_at_the_same_moments(told: Any) -> None:
    assert told["asked"] == [simulated(each) for each in SETTINGS]


def test_it_imports_nothing_of_apimlb(told: Any) -> None:
    assert told["apimlb"] == []
