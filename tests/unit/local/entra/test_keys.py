from apimlb.local.entra.keys import KEY_ID, kept_key
from apimlb.local.store import Store


def test_the_key_is_made_once_and_its_private_half_stays_hidden():
    store = Store()
    first, second = kept_key(store), kept_key(store)
    document = store.get(KEY_ID)
    store.close()
    assert first.jwk == second.jwk
    assert document is not None
    assert document.body == {"kid": first.kid}
    assert set(first.jwk) == {"kty", "use", "kid", "x5t", "n", "e"}
