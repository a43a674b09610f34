"""One sequence: what is wrong with it, and the shortest that has the same fault."""

import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.sequences.judging import play
from tests.sequences.moves import Move, Sequence
from tests.sequences.playing import Broken

AGAIN = 2
"""How often a shorter sequence is tried before it counts as sound: threads do not run alike each time."""


@dataclass(frozen=True)
class Failure:
    """`what` is the same for the same fault; `told` is all that there is to say about this one."""

    what: str
    told: str


def trial(sequence: Sequence, counts: Counter[str] | None = None, *, real: bool = False) -> Failure | None:
    """Play it, with `real` processes or in this one; what is wrong, `None` when nothing is."""
    try:
        player = play(sequence, real=real)
    except Broken as broken:
        return Failure(broken.what, f"{broken}\n{_notes(broken)}")
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        told = "".join(traceback.format_exception(error))
        return Failure(f"{type(error).__name__} in {last.name}: {Broken(str(error)).what[:60]}", told)
    if counts is not None:
        counts.update(player.counts)
        counts.update(player.place.traffic.seen)
    return None


def shortest(sequence: Sequence, what: str, tries: int = 60, *, real: bool = False) -> Sequence:
    """The sequence without what can be left out while the same fault shows."""
    left = [tries]

    def fails(candidate: Sequence) -> bool:
        for _ in range(AGAIN):
            if left[0] <= 0:
                return False
            left[0] -= 1
            found = trial(candidate, real=real)
            if found is not None:
                return found.what == what
        return False

    shrunk = True
    while shrunk and left[0] > 0:
        shrunk = False
        for candidate in _shorter(sequence):
            if fails(candidate):
                sequence, shrunk = candidate, True
                break
    return sequence


def _shorter(sequence: Sequence) -> Iterator[Sequence]:
    """Without some moves, most of them first, then with simpler ones."""
    start, *moves = sequence
    size = len(moves) // 2
    while size:
        for at in range(0, len(moves), size):
            yield (start, *moves[:at], *moves[at + size :])
        size //= 2
    for at, move in enumerate(moves):
        for name in ("kill", "prune", "on_soft_deleted"):
            if name in move.arguments:
                yield (start, *moves[:at], _without(move, name), *moves[at + 1 :])
    for name in ("adverse", "slow", "late", "gateways"):
        if start.arguments.get(name) not in (False, None, 1):
            yield (_without(start, name), *moves)


def _without(move: Move, name: str) -> Move:
    return replace(move, arguments={key: value for key, value in move.arguments.items() if key != name})


def _notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))
