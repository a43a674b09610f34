"""What there is in a local Azure, under the names by which Resource Manager shows it."""

from dataclasses import replace

from apimlb.local.arm.apim import revisions
from apimlb.local.store import Document, Store


def documents(store: Store) -> dict[str, Document]:
    """All that there is, by lower-case id: what is in an API's current revision goes by the API's own name,
    and what is in another one by that revision's."""
    everything = [each for each in store.descendants("") if not each.kind.startswith("apimlb/")]
    apis = [each for each in everything if each.kind == revisions.API_KIND]
    shown = {each.id.lower(): str(revisions.shown(store, each)["id"]) for each in apis}
    named = (_named(each, shown) for each in everything)
    return {each.id.lower(): each for each in named}


def _named(document: Document, shown: dict[str, str]) -> Document:
    head, apis, below = document.id.partition("/apis/")
    api, slash, rest = below.partition("/")
    name = shown.get(f"{head}{apis}{api}".lower())
    if name is None:
        return document
    id = f"{name}{slash}{rest}"
    return replace(document, id=id, body={**document.body, "id": id})
