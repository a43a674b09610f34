"""Revisions of an API: which one a name means, which is current, and what a release changes.

`apis/openai` names the current revision and `apis/openai;rev=2` that one (Microsoft Learn, Revisions in
Azure API Management). Each is kept under the name that it was created with, with all that is in it, and never
moves: which is current is a document of its own, so that a release reaches a gateway whole.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from apimlb.http import last_segment
from apimlb.local.arm.apim import shape
from apimlb.local.arm.apim.etags import apim_etag
from apimlb.local.arm.call import Call, Handler, Reply
from apimlb.local.store import Document, Documents, Json, kind_of

API_KIND = f"{shape.TYPE}/apis".lower()
RELEASES = "releases"
_CURRENT = "currentRevisions"
_NAME = re.compile(r"(?P<api>.*?)(?:;rev=(?P<revision>[0-9]+))?", re.IGNORECASE)


def split(name: str) -> tuple[str, str]:
    """An API's name and the revision that it asks for, "" for the current one."""
    found = _NAME.fullmatch(name)
    return (found["api"], found["revision"] or "") if found else (name, "")


def number(document: Document) -> str:
    return str(document.body["properties"]["apiRevision"])


def revisions(store: Documents, service_id: str, api: str) -> list[Document]:
    """All that there are of an API, oldest first."""
    found = store.children(service_id, API_KIND)
    return [item for item in found if split(_last(item.id))[0].lower() == api.lower()]


def current(store: Documents, service_id: str, api: str) -> Document | None:
    """The revision that was released last, or else the first."""
    found = revisions(store, service_id, api)
    pointer = store.get(_pointer(service_id, api))
    wanted = pointer.body["revision"] if pointer else None
    return next((item for item in found if number(item) == wanted), found[0] if found else None)


def find(store: Documents, service_id: str, name: str) -> Document | None:
    """The revision that a name in a path means."""
    api, revision = split(name)
    if not revision:
        return current(store, service_id, api)
    return next((item for item in revisions(store, service_id, api) if number(item) == revision), None)


def release(store: Documents, service_id: str, document: Document) -> None:
    """Make a revision the current one."""
    id = _pointer(service_id, split(_last(document.id))[0])
    store.put(Document(id, kind_of(id), {"revision": number(document)}))


def forget(store: Documents, service_id: str, api: str) -> None:
    """Nothing is current any more of an API that has gone."""
    store.delete(_pointer(service_id, api))


def shown(store: Documents, document: Document) -> Json:
    """An API's body under the name that it goes by at present."""
    service_id, name = document.id.rsplit("/apis/", 1)
    api = split(name)[0]
    now = current(store, service_id, api)
    is_current = now is not None and now.id == document.id
    shown = api if is_current else f"{api};rev={number(document)}"
    properties = {**document.body["properties"], "isCurrent": is_current}
    return {**document.body, "id": f"{service_id}/apis/{shown}", "name": shown, "properties": properties}


def copy_children(call: Call, source: Document, target_id: str) -> None:
    """Give a new API or revision what is in another: operations, policies and the rest, but its releases."""
    for item in call.store.descendants(source.id):
        below = item.id[len(source.id) :]
        if below.lower().startswith(f"/{RELEASES}/"):
            continue
        id = target_id + below
        body = {**item.body, "id": id}
        call.store.put(Document(id, item.kind, body, item.hidden, apim_etag(call.azure)))


def settled(handler: Handler, service_id: Callable[[Call], str]) -> Handler:
    """The handler for a path below `apis/{api}`, asked for the revision that the path's name means and
    answering in the path's own words."""

    def answer(call: Call) -> Reply:
        name = call.names.get("api", "")
        document = find(call.store, service_id(call), name)
        if document is None or _last(document.id).lower() == name.lower():
            return handler(call)
        base = f"{service_id(call)}/apis/"
        asked, kept = base + name, document.id
        names = {**call.names, "api": _last(kept)}
        reply = handler(replace(call, id=kept + call.id[len(asked) :], names=names))
        return replace(reply, body=_renamed(reply.body, kept + "/", asked + "/"))

    return answer


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return new + value[len(old) :] if value.startswith(old) else value
    if isinstance(value, list):
        return [_renamed(item, old, new) for item in value]
    if isinstance(value, Mapping):
        return {key: _renamed(item, old, new) for key, item in value.items()}
    return value


def _pointer(service_id: str, api: str) -> str:
    return f"{service_id}/{_CURRENT}/{api}"


def _last(id: str) -> str:
    return last_segment(id)
