"""What the things inside an API Management service have in common: verbs, statuses, etags, lists.

A type is one `Child`: its path below the service and the function that decides what is stored. Answers as
recorded in apim_aso_backend 12-13, apim_cli_subscription 1-12 and apim_cli_core_service t1-t14.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apimlb.local.arm import errors
from apimlb.local.arm.apim import revisions, shape
from apimlb.local.arm.apim.etags import apim_etag, fragment_etag
from apimlb.local.arm.apim.filters import fits
from apimlb.local.arm.apim.operations import SERVICE
from apimlb.local.arm.apim.services import require_service, stale, transitioning
from apimlb.local.arm.call import Call, Handler, Reply, check_match, merged
from apimlb.local.arm.errors import ArmError, apim_error, validation_error
from apimlb.local.arm.groups import require_group
from apimlb.local.arm.retention import uproot
from apimlb.local.arm.routes import Exclusion, Route, crud
from apimlb.local.store import Document, Json, parent_of
from apimlb.numerals import is_digits

Content = tuple[Json, Json]
"""`properties` as ARM shows them, and what it hides."""

_WORDS = {str: "a string", bool: "true or false", list: "an array", dict: "an object", int: "a number"}
_CLOSED = ("Created", "Activating", "Deleting")


def _as_stored(call: Call, document: Document) -> Json:
    return document.body


def _allow(call: Call, document: Document) -> None:
    """Nothing stands against deleting it."""


def _no_checks(call: Call) -> None:
    """Any name will do."""


@dataclass(frozen=True, slots=True)
class Child:
    """One type. `path` is below the service ("backends/{backend}"), `noun` what a refusal calls it.

    `content(call, existing, sent)` gives what to store for a PUT's or, merged, a PATCH's properties, and
    raises `ArmError`. `shown` and `listed` make the body of a GET and of a list's row, `created` that of
    the creating answer. `guard` runs before a delete and may refuse it, `named` may refuse a name. `answer`,
    `deleted` and `poll` replace the plain answers of a write, a delete and a GET with asyncId, `remove` all
    that a delete does. `types` are those of the properties, of deeper ones by their dotted path.
    """

    path: str
    noun: str
    content: Callable[[Call, Document | None, Json], Content]
    shown: Callable[[Call, Document], Json] = _as_stored
    listed: Callable[[Call, Document], Json] = _as_stored
    created: Callable[[Call, Document], Json] | None = None
    guard: Callable[[Call, Document], None] = _allow
    named: Callable[[Call], None] = _no_checks
    answer: Callable[[Call, "Child", Document, bool], Reply] | None = None
    deleted: Callable[[Call, Document], Reply] | None = None
    remove: Callable[["Child", Call], Reply] | None = None
    poll: Callable[["Child", Call], Reply] | None = None
    posts: Mapping[str, Handler] = field(default_factory=dict)
    exclusive: Callable[[Call], Exclusion] | None = None
    little_endian: bool = False
    types: Mapping[str, type] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return f"{shape.TYPE}/{re.sub(r'/{[^}]*}', '', self.path)}"

    @property
    def kind(self) -> str:
        return self.type.lower()

    @property
    def routes(self) -> tuple[Route, ...]:
        return crud(
            f"{SERVICE}/{self.path}",
            get=self._answer(get),
            head=self._answer(get),
            put=self._answer(put),
            patch=self._answer(patch),
            delete=self._answer(self.remove or delete),
            listed=self._answer(list_),
            posts=self.posts,
            exclusive=self.exclusive,
        )

    def _answer(self, verb: "Callable[[Child, Call], Reply]") -> Handler:
        def answer(call: Call) -> Reply:
            return verb(self, call)

        return revisions.settled(answer, service_id) if self.path.startswith("apis/") else answer


def service_id(call: Call) -> str:
    """The id of the service that the call is in."""
    group = require_group(call)
    return f"{group.id}/providers/{shape.TYPE}/{call.names['service']}"


def open_service(call: Call, child_type: str) -> Document:
    """The service, for a write inside it; raises `ArmError` while it does not exist yet or any more."""
    group = require_group(call, writing=True)
    id = f"{group.id}/providers/{shape.TYPE}/{call.names['service']}"
    found = call.store.get(id)
    if found is None:
        raise errors.parent_not_found(child_type.partition("/")[2], id)
    if found.body["properties"]["provisioningState"] in _CLOSED:
        raise transitioning(found.body["name"])
    return found


def not_found(noun: str) -> ArmError:
    """The provider's own 404 (reported in apiops issues 494 and 643)."""
    return apim_error(404, "ResourceNotFound", f"{noun} not found.")


def require(child: Child, call: Call) -> Document:
    require_service(call)
    _require_parent(call)
    found = call.document()
    if found is None:
        raise not_found(child.noun)
    return found


_NOUNS = {"apis": "Api", "operations": "Operation", "products": "Product"}


def _require_parent(call: Call) -> None:
    """What stands between the service and this must exist."""
    above = parent_of(call.id)
    if above.lower() != service_id(call).lower() and call.store.get(above) is None:
        raise not_found(_NOUNS.get(above.rsplit("/", 2)[-2].lower(), "Resource"))


def get(child: Child, call: Call) -> Reply:
    if child.poll and "asyncid" in call.query:
        require_service(call)
        return child.poll(child, call)
    found = require(child, call)
    return Reply(200, child.shown(call, found), etag=found.etag, indented=True)


def list_(child: Child, call: Call) -> Reply:
    """`value` and `count`, no nextLink and no etag (recorded: apim_cli_subscription 1)."""
    require_service(call)
    if parent_of(f"{call.id}/x").lower() != service_id(call).lower():
        above = call.id.rpartition("/")[0]
        if call.store.get(above) is None:
            raise not_found(_NOUNS.get(above.rsplit("/", 2)[-2].lower(), "Resource"))
    kept, text = call.store.children(call.id.rpartition("/")[0], child.kind), call.query.get("$filter", "")
    found = [item for item in kept if fits(text, item.body)]
    skip, top = _number(call, "$skip", 0), _number(call, "$top", len(found))
    rows = [child.listed(call, item) for item in found[skip : skip + top]]
    return Reply(200, {"value": rows, "count": len(found)}, indented=True)


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    if text and not is_digits(text):
        raise apim_error(400, "ValidationError", f"Invalid value for query parameter '{name}': {text}.")
    return int(text) if text else default


def put(child: Child, call: Call) -> Reply:
    """201 or 200; the same content again keeps the etag (recorded: apim_cli_api_policy 4)."""
    sent = _typed(child, call)
    open_service(call, child.type)
    _require_parent(call)
    existing = call.document()
    child.named(call)
    check_match(call, existing, stale)
    document = _written(child, call, existing, child.content(call, existing, sent))
    if child.answer:
        return child.answer(call, child, document, existing is None)
    if existing is None:
        made = child.created or child.shown
        return Reply(201, made(call, document), etag=document.etag, indented=True)
    return Reply(200, child.shown(call, document), etag=document.etag, indented=True)


def patch(child: Child, call: Call) -> Reply:
    """200 with the body; 204 without before 2020-06 (recorded: apim_cli_subscription 5)."""
    sent = _typed(child, call)
    open_service(call, child.type)
    existing = require(child, call)
    check_match(call, existing, stale)
    whole = merged(existing.body["properties"], sent)
    document = _written(child, call, existing, child.content(call, existing, whole))
    if child.answer:
        return child.answer(call, child, document, False)
    if call.api_version < "2020-06":
        return Reply(204)
    return Reply(200, child.shown(call, document), etag=document.etag, indented=True)


def _typed(child: Child, call: Call) -> Json:
    """The properties that were sent; raises ValidationError for those of the wrong type."""
    sent = call.properties()
    wrong = [
        (name, f"'{name}' must be {_WORDS[wanted]}.")
        for name, wanted in child.types.items()
        if (value := _at(sent, name)) is not None
        and (not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)))
    ]
    if wrong:
        raise validation_error(*wrong)
    return sent


def _at(sent: Json, path: str) -> object:
    """What stands at a dotted path; None where nothing does, or where something on the way is no object."""
    value: object = sent
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _written(child: Child, call: Call, existing: Document | None, content: Content) -> Document:
    properties, hidden = content
    id = existing.id if existing else call.id
    name = existing.body["name"] if existing else call.name
    body = {"id": id, "type": child.type, "name": name, "properties": properties}
    if existing and (existing.body, existing.hidden) == (body, hidden):
        return existing
    etag = fragment_etag(call.azure) if child.little_endian else apim_etag(call.azure)
    return call.stored(body, hidden, etag)


def delete(child: Child, call: Call) -> Reply:
    """200 and empty (recorded: apim_cli_core_service t2), 204 for what is not there; the children go too."""
    open_service(call, child.type)
    found = call.document()
    if found is None:
        return Reply(204)
    check_match(call, found, stale)
    child.guard(call, found)
    uproot(call.store, found.id)
    return child.deleted(call, found) if child.deleted else Reply(200)


def children_of_kind(call: Call, path: str) -> list[Document]:
    """The documents of one type directly in the service; `path` as in "namedvalues"."""
    return call.store.children(service_id(call), f"{shape.TYPE.lower()}/{path}")


def require_fields(sent: Json, *names: str) -> None:
    """Raise ValidationError, naming each of the fields that is missing or empty."""
    missing = [name for name in names if sent.get(name) in (None, "")]
    if missing:
        raise validation_error(*((name, f"'{name}' must not be empty.") for name in missing))


def fields(sent: Json, defaults: Mapping[str, Any], echoed: tuple[str, ...] = ()) -> Json:
    """`defaults` in their order with what was sent in their place, then those of `echoed` that were sent."""
    made = {name: sent[name] if sent.get(name) is not None else value for name, value in defaults.items()}
    return made | {name: sent[name] for name in echoed if sent.get(name) is not None}
