"""The examples of an operation's responses, out of its document: what mock-response answers with."""

import json
from collections.abc import Iterator

from apimlb.local.store import Json
from apimlb.policy.apim.context import Example


def read_examples(properties: Json) -> tuple[Example, ...]:
    """In the document's order: by status, then by media type, then by name."""
    return tuple(_examples(properties))


def _examples(properties: Json) -> Iterator[Example]:
    for response in properties.get("responses") or ():
        for representation in response.get("representations") or ():
            content_type = str(representation.get("contentType") or "")
            for example in (representation.get("examples") or {}).values():
                value = example.get("value")
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                yield Example(int(response.get("statusCode") or 0), content_type, text)
