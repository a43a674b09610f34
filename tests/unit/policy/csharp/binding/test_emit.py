"""Lines of Python, and the names in them."""

from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.csharp.binding.emit import Globals, Line, indented, suite


def test_a_suite_is_its_head_with_its_body_a_level_deeper() -> None:
    inner = suite("if t1:", 5, [Line("pass", 6)])
    assert suite("while True:", 1, [Line("n += 1", 2), *inner]) == [
        ("while True:", 1, 0), ("n += 1", 2, 1), ("if t1:", 5, 1), ("pass", 6, 2),
    ]  # fmt: skip
    assert indented([]) == []


def test_an_object_has_one_name_and_equal_constants_share_one() -> None:
    names = Globals()
    assert names.use(repr) == names.use(repr) == "g_repr"
    first, second = 1e301, float("1e301")
    assert names.constant(first) == names.constant(second)
    assert names.constant(float("inf")) != names.constant(first)


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=20))
def test_locals_have_plain_names_of_their_own(written: list[str]) -> None:
    names = Globals()
    made = [names.local(each) for each in written]
    assert len(set(made)) == len(made)
    assert all(each.isidentifier() and each.isascii() and each.startswith("v_") for each in made)
