"""A value that fits a JSON schema, for answers that must be JSON: tool arguments and structured outputs."""

import math
import random
from collections.abc import Callable, Mapping
from typing import Any

from apimlb.local.openai import text

_DEEPEST = 8
_MOST_ITEMS = 16


def instance(schema: Mapping[str, Any], rng: random.Random) -> Any:
    """Some value of the schema: first alternatives, every property, one item of an array; null where the
    schema says nothing that is known here."""
    return _value(schema, schema, rng, 0)


def _value(schema: Any, root: Any, rng: random.Random, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return None
    if "$ref" in schema:
        return _value(_resolved(str(schema["$ref"]), root), root, rng, depth + 1)
    if "const" in schema:
        return schema["const"]
    for alternatives in (_listed(schema, name) for name in ("anyOf", "oneOf", "allOf")):
        if alternatives:
            return _value(alternatives[0], root, rng, depth + 1)
    if _listed(schema, "enum"):
        return schema["enum"][0]
    kinds = _listed(schema, "type") or [schema.get("type", "object" if "properties" in schema else "")]
    make = _MAKERS.get(str(kinds[0]))
    return make(schema, root, rng, depth) if make else None


def _resolved(reference: str, root: Any) -> Any:
    node = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        if part:
            node = node.get(part) if isinstance(node, Mapping) else None
    return node


def _listed(schema: Mapping[str, Any], name: str) -> list[Any]:
    value = schema.get(name)
    return value if isinstance(value, list) else []


def _bound(schema: Mapping[str, Any], name: str, default: float) -> float:
    value = schema.get(name)
    return value if isinstance(value, int | float) and math.isfinite(value) else default


def _object(schema: Mapping[str, Any], root: Any, rng: random.Random, depth: int) -> Any:
    properties = schema.get("properties")
    named = properties.items() if isinstance(properties, Mapping) else ()
    return {name: _value(each, root, rng, depth + 1) for name, each in named}


def _array(schema: Mapping[str, Any], root: Any, rng: random.Random, depth: int) -> Any:
    count = int(max(1, min(_MOST_ITEMS, _bound(schema, "minItems", 1))))
    return [_value(schema.get("items"), root, rng, depth + 1) for _ in range(count)]


def _string(schema: Mapping[str, Any], root: Any, rng: random.Random, depth: int) -> Any:
    return "".join(text.begun(rng, 3))


def _integer(schema: Mapping[str, Any], root: Any, rng: random.Random, depth: int) -> Any:
    return math.ceil(_bound(schema, "minimum", 1))


def _number(schema: Mapping[str, Any], root: Any, rng: random.Random, depth: int) -> Any:
    return float(_bound(schema, "minimum", 0.5))


def _boolean(schema: Mapping[str, Any], root: Any, rng: random.Random, depth: int) -> Any:
    return rng.getrandbits(1) == 1


_MAKERS: dict[str, Callable[[Mapping[str, Any], Any, random.Random, int], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}
