"""The key that signs a tenant's tokens: to make one takes a tenth of a second, so a process makes one."""

from functools import cache

from apimlb.local.entra.keys import KEY_ID, SigningKey, kept_key
from apimlb.local.store import Document, Store


def provide_key(store: Store) -> None:
    """Leave the key in a store that has none, as a local Azure that ran before does."""
    if store.get(KEY_ID) is None:
        store.put(_document())


@cache
def signing_key() -> SigningKey:
    """The same for a local Azure that is given its key."""
    store = Store()
    provide_key(store)
    key = kept_key(store)
    store.close()
    return key


@cache
def _document() -> Document:
    store = Store()
    kept_key(store)
    made = store.get(KEY_ID)
    store.close()
    assert made is not None
    return made
