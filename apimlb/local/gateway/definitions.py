"""What an operation's document says of its requests and responses: what mock-response answers with, and what
the validating policies compare with.
"""

import json
from collections.abc import Iterator
from typing import Any

from apimlb.local.store import Json
from apimlb.policy.apim.context import Declared, DeclaredParameter, Example


def read_examples(properties: Json) -> tuple[Example, ...]:
    """In the document's order: by status, then by media type, then by name."""
    return tuple(_examples(properties))


def _examples(properties: Json) -> Iterator[Example]:
    for response in _rows(properties, "responses"):
        for representation in _rows(response, "representations"):
            content_type = str(representation.get("contentType") or "")
            for example in (representation.get("examples") or {}).values():
                value = example.get("value")
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                yield Example(int(response.get("statusCode") or 0), content_type, text)


def read_declared(properties: Json) -> Declared:
    request = properties.get("request") or {}
    responses = {int(each.get("statusCode") or 0): each for each in _rows(properties, "responses")}
    return Declared(
        _parameters(request, "headers"),
        _parameters(request, "queryParameters"),
        _parameters(properties, "templateParameters"),
        _contents(request),
        {status: _parameters(each, "headers") for status, each in responses.items()},
        {status: _contents(each) for status, each in responses.items()},
    )


def _parameters(holder: Json, name: str) -> tuple[DeclaredParameter, ...]:
    return tuple(
        DeclaredParameter(
            str(each.get("name") or ""),
            bool(each.get("required")),
            str(each.get("type") or "string").lower(),
            tuple(map(str, each.get("values") or ())),
        )
        for each in _rows(holder, name)
    )


def _contents(holder: Json) -> tuple[str, ...]:
    return tuple(str(each.get("contentType") or "") for each in _rows(holder, "representations"))


def _rows(holder: Json, name: str) -> list[Any]:
    return holder.get(name) or []
