import random

import pytest

from apimlb.local.openai.schema import instance


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": 4}, 4),
        ({"enum": ["x", "y"]}, "x"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": ["number", "null"]}, 0.5),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 1),
        ({"type": "array", "items": {"const": 1}, "minItems": 2}, [1, 1]),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": "found"}}}, "found"),
        ({"$ref": "#/missing"}, None),
        ({"properties": {"a": {"const": 1}}}, {"a": 1}),
        ({"type": "unheard-of"}, None),
    ],
)
def test_makes_a_value_of_the_schema(schema, value):
    assert instance(schema, random.Random(1)) == value


def test_a_schema_that_holds_itself_ends():
    node = {"type": "object", "properties": {"next": {"$ref": "#"}}}
    assert "next" in instance(node, random.Random(1))
