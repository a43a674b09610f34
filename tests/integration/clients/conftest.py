"""One local Azure for all clients, and the two ways that each of them takes."""

from collections.abc import Iterator

import pytest

from tests.integration.clients.site import Site, Way, start, stop


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = start(tmp_path_factory.mktemp("clients"))
    yield made
    stop(made)


@pytest.fixture(params=["gateway", "account"])
def way(request: pytest.FixtureRequest, site: Site) -> Way:
    """Through the gateway, or to an account itself."""
    return site.gateway if request.param == "gateway" else site.account
