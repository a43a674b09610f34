"""Each process that runs tests begins with slow modules, and none is torn apart."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from tests.order import dealt

Case = tuple[int, bool, int]
"""A test by its module's number, whether that is slow, and its own number."""


@st.composite
def collections(draw: st.DrawFn) -> list[Case]:
    sizes = draw(st.lists(st.tuples(st.booleans(), st.integers(1, 9)), max_size=12))
    return [(module, slow, test) for module, (slow, size) in enumerate(sizes) for test in range(size)]


def shared(tests: list[Case], processes: int) -> list[list[Case]]:
    """What each process gets at first, as xdist shares them out."""
    rows, left = [], tests
    for place in range(processes):
        size = len(left) // (processes - place)
        rows.append(left[:size])
        left = left[size:]
    return rows


@given(collections(), st.integers(1, 5))
def test_no_test_is_lost_and_each_module_with_slow_ones_stays_in_a_row(
    tests: list[Case], processes: int
) -> None:
    made = dealt(tests, processes, lambda case: case[0], lambda case: case[1])
    assert sorted(made) == tests
    rows = [
        module for module, _ in groupby(made, lambda case: case[0] if case[1] else None) if module is not None
    ]
    assert len(rows) == len(set(rows))


@given(collections(), st.integers(1, 5))
def test_each_process_begins_with_slow_ones_where_there_is_room(tests: list[Case], processes: int) -> None:
    made = dealt(tests, processes, lambda case: case[0], lambda case: case[1])
    most = max([0, *(sum(case[1] for case in row) for row in shared(made, processes))])
    for row in shared(made, processes) if most < len(tests) // processes else ():
        assert [case[1] for case in row] == sorted((case[1] for case in row), reverse=True)
