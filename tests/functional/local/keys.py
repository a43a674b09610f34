"""The keys of a deployed stack, as whoever has the portal changes them."""

from dataclasses import replace

from apimlb.local.store import Document, kind_of
from tests.functional.local.stack_scene import KEY, Stage


class Keys:
    """The subscriptions of a stage's service, changed as the portal changes them."""

    def __init__(self, scene: Stage) -> None:
        self._store = scene.store
        [self._service] = scene.store.of_kind("microsoft.apimanagement/service")

    def read(self, name: str = KEY) -> Document:
        found = self._store.get(f"{self._service.id}/subscriptions/{name}")
        assert found is not None
        return found

    def set_state(self, state: str) -> None:
        held = self.read()
        properties = {**held.body["properties"], "state": state}
        self._put(replace(held, body={**held.body, "properties": properties}))

    def delete(self) -> None:
        self._store.delete(self.read().id)

    def regenerate(self) -> None:
        self._put(replace(self.read(), hidden={"primaryKey": "1" * 32, "secondaryKey": "2" * 32}))

    def add(self, name: str, scope: str, key: str) -> None:
        """Another subscription, with the given primary key; `scope` is relative to the service."""
        held = self.read()
        id = f"{self._service.id}/subscriptions/{name}"
        properties = {**held.body["properties"], "scope": self._service.id + scope, "state": "active"}
        body = {**held.body, "id": id, "name": name, "properties": properties}
        self._put(replace(held, id=id, body=body, hidden={"primaryKey": key, "secondaryKey": key[::-1]}))

    def add_product(self, name: str) -> None:
        id = f"{self._service.id}/products/{name}"
        properties = {"displayName": name, "subscriptionRequired": True, "state": "published"}
        self._put(Document(id, kind_of(id), {"id": id, "name": name, "properties": properties}))

    def lose_the_check(self) -> Document:
        """Take the API of the keys away, as it is while the gateway does not know it yet; returns it."""
        found = self._store.get(f"{self._service.id}/apis/apimlb-keys")
        assert found is not None
        self._store.delete(found.id)
        return found

    def restore(self, document: Document) -> None:
        self._put(document)

    def _put(self, document: Document) -> None:
        self._store.put(document)
