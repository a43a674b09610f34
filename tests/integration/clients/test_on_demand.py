"""An account that is made to behave otherwise while clients use it."""

import time
from collections.abc import Iterator

import openai
import pytest

from tests.integration.clients.site import Site
from tests.integration.clients.test_openai import HELLO, dated


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
    site.apimlb.ok("local", "account", "direct", "--set", "token-seconds=0.02", "--set", "fills_limit=true")
    started = time.perf_counter()
    stream = client.chat.completions.create(
        model="chat", messages=HELLO, max_completion_tokens=20, stream=True
    )
    next(iter(stream))
    first = time.perf_counter() - started
    pieces = sum(1 for _ in stream)
    assert pieces > 20
    assert time.perf_counter() - started > first + 0.3


def test_a_setting_that_there_is_not_is_refused(site: Site) -> None:
    ran = site.apimlb("local", "account", "direct", "--set", "mood=bad")
    assert ran.code == 2
    assert "an account has no setting 'mood'" in ran.err
