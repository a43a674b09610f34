"""Where so much of a model is free, asked of every region of a local Azure."""

import pytest

from apimlb.deploy.regions import Search, find, proposal
from apimlb.errors import NotFoundError
from tests.functional.deploy.local_azure import LocalAzure


def test_regions_are_found_with_what_is_free() -> None:
    azure = LocalAzure(quota={"OpenAI.GlobalStandard.gpt-5.1": 200})
    try:
        found = find(azure.connected(), Search("gpt-5.1", 100, geography="europe"), azure.clock.now())
        assert found
        assert {place.geography for place in found} == {"Europe"}
        assert all(place.free == 200 for place in found)
        assert len(proposal(found, 100, 3)) == 3
        assert sum(amount for _, amount in proposal(found, 500, 3)) == 500
        assert proposal(found, 10**6, 3) == ()
    finally:
        azure.close()


@pytest.mark.parametrize(
    ("search", "told"),
    [
        (Search("gpt-5.1", 1, geography="Erope"), "Did you mean Europe?"),
        (Search("gpt-51", 1), "Did you mean gpt-5.1?"),
        (Search("gpt-5.1", 1, sku="Nowhere"), "It comes as"),
        (Search("gpt-5.1", 1, sku="GlobalStandart"), "Did you mean GlobalStandard?"),
        (Search("gpt-5.1", 1, version="1"), "There is 2025-11-13."),
        (Search("gpt-4.1", 1), "Retired: 2025-04-14."),
    ],
)
def test_what_is_offered_nowhere_is_told_with_what_is(azure: LocalAzure, search: Search, told: str) -> None:
    with pytest.raises(NotFoundError, match=r"There is no|No region") as caught:
        find(azure.connected(), search, azure.clock.now())
    assert told in caught.value.what
