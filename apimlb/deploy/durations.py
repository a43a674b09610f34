"""How long a step usually takes, learned from the runs that the journals of this machine's stacks keep.

The usual time is the median. Steps are told apart by what is done to which type of resource; a gateway by its
tier too, which takes minutes or an hour.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from apimlb.deploy.ids import SERVICE, kind_of
from apimlb.deploy.journal import lines_of
from apimlb.stack.planner import Action, Plan

Kind = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Usual:
    """Usual seconds by the kind of step, and how many runs they are from."""

    seconds: Mapping[Kind, float]
    runs: int = 0

    def of(self, verb: str, id: str, label: str) -> float | None:
        """The usual time of a step, `None` for one that was not seen yet."""
        return self.seconds.get(_kind(verb, id, label))

    def total(self, plan: Plan) -> float | None:
        """How long a plan takes along the steps that need one another, `None` while some are unknown."""
        ends: dict[str, float] = {}
        for step in plan.steps:
            began = max((ends.get(need, 0.0) for need in step.needs), default=0.0)
            taken = 0.0
            if step.action is not Action.KEEP:
                known = self.of(str(step.action), step.resource.id, step.resource.label)
                if known is None:
                    return None
                taken = known
            ends[step.key] = began + taken
        return max(ends.values(), default=0.0)


def usual(folders: Iterable[Path]) -> Usual:
    """What the journals in these stacks' directories say."""
    taken: dict[Kind, list[float]] = {}
    runs = 0
    for folder in folders:
        for lines in lines_of(folder):
            runs += 1
            began: dict[str, float] = {}
            for line in lines:
                _note(line, began, taken)
    return Usual({kind: median(times) for kind, times in taken.items()}, runs)


def _note(line: Mapping[str, Any], began: dict[str, float], taken: dict[Kind, list[float]]) -> None:
    at, id = line.get("at"), line.get("id")
    if not isinstance(at, int | float) or not isinstance(id, str):
        return
    if line.get("event") == "running":
        began[id] = at
    elif line.get("event") == "done" and id in began:
        kind = _kind(str(line.get("verb")), id, str(line.get("step")))
        taken.setdefault(kind, []).append(at - began.pop(id))


def _kind(verb: str, id: str, label: str) -> Kind:
    kind = kind_of(id.partition("#")[0])
    return verb, label if kind == SERVICE else kind
