"""What a simulation showed, as a picture; needs the extra `apimlb[plot]`."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from apimlb.errors import ConfigError
from apimlb.simulator.simulate import Outcome
from apimlb.simulator.tally import DECILES, PARTS, Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FORMATS = (".svg", ".png", ".pdf")
_EXAMPLE = "Give a path such as out.svg, in a folder that is there."
_OMNISCIENT = "omniscient"
_SIZE = (9.0, 7.0)


def require_picture(path: Path) -> None:
    """Raises `ConfigError` without the extra, and for a path that is no picture's: before anything is
    simulated."""
    if find_spec("matplotlib") is None:
        raise ConfigError(
            "Plots need matplotlib.", next_step=f"Run `{sys.executable} -m pip install 'apimlb[plot]'`."
        )
    if path.suffix.lower() not in _FORMATS or path.is_dir():
        known = ", ".join(_FORMATS)
        raise ConfigError(f"A plot is written as {known}.", where=f"--plot {path}", next_step=_EXAMPLE)
    if not path.absolute().parent.is_dir():
        raise ConfigError("The folder is not there.", where=f"--plot {path}", next_step=_EXAMPLE)


def plot(outcome: Outcome, path: Path) -> None:
    """Write the picture in the format of the path's ending; raises `ConfigError` for a path that cannot be
    written. See `require_picture`."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    lanes = [(passed.candidate.name, passed.tally) for passed in outcome.passed]
    lanes.append((_OMNISCIENT, outcome.omniscient))
    figure = Figure(figsize=_SIZE, layout="constrained")
    above, below = figure.subplots(2)
    _answers(above, lanes, outcome.conditions.scenario.minutes)
    _sizes(below, lanes)
    try:
        # The same outcome is the same picture: no date, and ids that do not change.
        with rc_context({"svg.hashsalt": "apimlb"}):
            figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except OSError as error:
        raise ConfigError(f"{error.strerror}.", where=str(path), next_step=_EXAMPLE) from None


def _answers(axes: "Axes", lanes: Sequence[tuple[str, Tally]], minutes: float) -> None:
    moments = [minutes * (part + 0.5) / PARTS for part in range(PARTS)]
    each = minutes / PARTS
    asked = lanes[-1][1].asked_then
    axes.plot(moments, [count / each for count in asked], color="0.7", label="asked")
    for name, tally in lanes:
        style = "--" if name == _OMNISCIENT else "-"
        axes.plot(moments, [count / each for count in tally.answered_then], style, label=name)
    axes.set(xlabel="minutes", ylabel="requests a minute, answered", ylim=(0, None))
    axes.legend()


def _sizes(axes: "Axes", lanes: Sequence[tuple[str, Tally]]) -> None:
    width = 0.8 / len(lanes)
    for place, (name, tally) in enumerate(lanes):
        places = [decile + place * width for decile in range(DECILES)]
        shares = [b / a if a else 0.0 for a, b in zip(tally.asked, tally.answered, strict=True)]
        axes.bar(places, shares, width, label=name)
    axes.set(xlabel="tenths of the requests, from the smallest to the largest", ylabel="answered")
    axes.set_xticks([])
