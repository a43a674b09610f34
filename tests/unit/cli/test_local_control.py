import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.local_control import seconds
from apimlb.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("90", 90),
        ("30s", 30),
        ("5m", 300),
        ("2h", 7200),
        ("1d", 86400),
        ("1h30m", 5400),
        ("0.5s", 0.5),
    ],
)
def test_a_length_of_time_is_written_as_people_write_it(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "s", "-5s", "5 s", "5w", "1h-30m", "1e3", "inf", "5ms", "٣s"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="length of time"):
        seconds(text)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_parts_add_up(hours: int, minutes: int, rest: int) -> None:
    assert seconds(f"{hours}h{minutes}m{rest}s") == hours * 3600 + minutes * 60 + rest
