"""An account that is made to behave otherwise while clients use it."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from tests.integration.clients.site import Site
from tests.integration.clients.test_openai import HELLO, dated
from tests.patience import PATIENCE

BETWEEN = [("gateway", "gateway"), ("gateway", "openai"), ("account", "openai")]
"""Where a client calls, and where between it and the model the fault is."""


@pytest.fixture
def client(site: Site) -> Iterator[openai.AzureOpenAI]:
    with dated(site.account) as made:
        yield made
    site.apimlb.ok("local", "account", "direct")


def test_headers_mislead_and_limits_shrink(site: Site, client: openai.AzureOpenAI) -> None:
    site.apimlb.ok("local", "account", "direct", "--set", "rate_headers=sentinel", "--set", "pressure=1000")
    with pytest.raises(openai.RateLimitError) as throttled:
        # A thousandth of the limit is 300 tokens a minute.
        client.chat.completions.create(model="chat", messages=HELLO, max_completion_tokens=400)
    assert throttled.value.response.headers["x-ratelimit-limit-tokens"] == "-1"


def test_tokens_take_their_time(site: Site, client: openai.AzureOpenAI) -> None:
    site.apimlb.ok("local", "account", "direct", "--set", "token-seconds=0.05", "--set", "fills_limit=true")
    started = time.perf_counter()
    stream = client.chat.completions.create(
        model="chat", messages=HELLO, max_completion_tokens=20, stream=True
    )
    assert sum(1 for _ in stream) > 20
    assert time.perf_counter() - started > 20 * 0.05


def test_a_setting_that_there_is_not_is_refused(site: Site) -> None:
    ran = site.apimlb("local", "account", "direct", "--set", "mood=bad")
    assert ran.code == 2
    assert "An account has no setting 'mood'" in ran.err


class TestFaults:
    @pytest.fixture(autouse=True)
    def none_after(self, site: Site) -> Iterator[None]:
        yield
        site.apimlb.ok("local", "fault", "clear")

    def order(self, site: Site, *options: str) -> None:
        site.apimlb.ok("local", "fault", "add", *options)

    def test_take_one_account_out_at_its_own_clients_alone(
        self, site: Site, client: openai.AzureOpenAI
    ) -> None:
        self.order(site, "--plane", "openai", "--url", "*direct*", "--status", "503")
        with pytest.raises(openai.InternalServerError) as out:
            client.chat.completions.create(model="chat", messages=HELLO)
        assert out.value.status_code == 503
        with dated(site.gateway) as other:
            assert other.chat.completions.create(model="chat", messages=HELLO).choices

    @pytest.mark.parametrize("plane", ["gateway", "openai"])
    def test_close_the_connection(self, site: Site, plane: str) -> None:
        way = site.gateway if plane == "gateway" else site.account
        self.order(site, "--plane", plane, "--reset")
        with dated(way) as client, pytest.raises(openai.APIConnectionError):
            client.chat.completions.create(model="chat", messages=HELLO)

    @pytest.mark.parametrize(("way", "plane"), BETWEEN)
    def test_cut_a_stream(self, site: Site, way: str, plane: str) -> None:
        """Of an account the gateway's clients feel it too, since its head has been sent."""
        # Not of the gateway's question about the client's key, where it comes to that.
        self.order(site, "--plane", plane, "--url", "*/chat/completions*", "--cut", "3")
        with dated(getattr(site, way)) as client:
            stream = client.chat.completions.create(model="chat", messages=HELLO, stream=True)
            seen: list[object] = []
            with pytest.raises(openai.APIConnectionError):
                seen.extend(stream)
        assert 0 < len(seen) < 10

    @pytest.mark.parametrize(("way", "plane"), BETWEEN)
    def test_make_somebody_wait(self, site: Site, way: str, plane: str) -> None:
        self.order(site, "--plane", plane, "--delay", "0.3s", "--count", "1")
        started = time.perf_counter()
        with dated(getattr(site, way)) as client:
            assert client.chat.completions.create(model="chat", messages=HELLO).choices
        assert time.perf_counter() - started > 0.3

    def test_of_an_account_go_unnoticed_behind_the_gateway(self, site: Site) -> None:
        self.order(
            site, "--plane", "openai", "--url", "*eastus2*", "--status", "429", "--retry-after", "soon"
        )
        with dated(site.gateway) as client:
            for _ in range(6):
                assert client.chat.completions.create(model="chat", messages=HELLO).choices


def happened(site: Site) -> bool:
    [order] = json.loads(site.apimlb.ok("local", "fault", "list", "--output", "json").out)
    return bool(order["happened"])


def test_an_account_that_hangs_is_given_up_when_the_worlds_clock_says_so(site: Site) -> None:
    """The clock stands: the two minutes pass by no waiting, only when it is moved."""
    site.apimlb.ok("local", "fault", "add", "--plane", "openai", "--delay", "1h", "--count", "1")
    site.apimlb.ok("local", "clock", "freeze")
    with dated(site.gateway) as client, ThreadPoolExecutor() as pool:
        try:
            asked = pool.submit(client.chat.completions.create, model="chat", messages=HELLO)
            while not happened(site):
                pass
            site.apimlb.ok("local", "clock", "advance", "121s")
            assert asked.result(PATIENCE).choices
        finally:
            site.apimlb.ok("local", "clock", "resume")
            site.apimlb.ok("local", "fault", "clear")
