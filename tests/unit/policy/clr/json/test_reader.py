"""JSON in, tokens, JSON out."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.policy.clr.budget import MAX_DEPTH, Allowance
from apimlb.policy.clr.exceptions import OVER_LIMIT, ClrException
from apimlb.policy.clr.json.reader import parse_token
from apimlb.policy.clr.json.tokens import JArray, JObject, JToken, string_value
from apimlb.policy.clr.json.typed_scalars import cast_scalar
from apimlb.policy.clr.json.writer import to_json
from apimlb.policy.clr.types.constructed import Type

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text('abc é"\\\n/')
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("kqé"), inner, max_size=4)
)


@given(trees)
def test_what_is_read_is_written_again(tree: object) -> None:
    text = json.dumps(tree)
    written = to_json(parse_token(text))
    if not _infinite(tree):
        assert json.loads(written) == tree
    assert to_json(parse_token(written)) == written


def _infinite(tree: object) -> bool:
    if isinstance(tree, float):
        return math.isinf(tree)
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return any(_infinite(child) for child in children)


@given(trees)
def test_indenting_changes_nothing_but_white_space(tree: object) -> None:
    token = parse_token(json.dumps(tree))
    assert to_json(parse_token(to_json(token, indented=True))) == to_json(token)


def parents_hold(token: JToken) -> bool:
    return all(child.parent is token and parents_hold(child) for child in token)


@given(trees)
def test_every_token_knows_its_parent(tree: object) -> None:
    token = parse_token(json.dumps(tree))
    assert token.parent is None
    assert parents_hold(token)
    assert parents_hold(token.clone())


def test_a_token_with_a_parent_is_copied_when_it_is_put_elsewhere() -> None:
    first, second = JObject(), JArray()
    first.put("a", JArray())
    second.add(first.get("a"))
    assert second.items[0] is not first.get("a")
    assert parents_hold(first)
    assert parents_hold(second)


def test_tokens_in_one_another_are_written_and_copied_to_a_depth() -> None:
    token = JArray()
    for _ in range(MAX_DEPTH + 2):
        outer = JArray()
        outer.add(token)
        token = outer
    for use in (to_json, JArray.clone):
        with pytest.raises(ClrException, match="nested more than"):
            use(token)


def test_a_cast_beyond_the_allowance_is_told_as_such() -> None:
    text = string_value("http://a/" + "b" * 100_000)
    with Allowance(steps=2).turn(), pytest.raises(ClrException) as raised:
        cast_scalar(Type("class", "System.Uri", "Uri"), text)
    assert raised.value.type_name == OVER_LIMIT
