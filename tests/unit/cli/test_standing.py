"""The text of `apimlb local status`."""

from hypothesis import given
from hypothesis import strategies as st

from apimlb.cli.standing import lines

numbers = st.integers(0, 9_999_999)
rows = st.fixed_dictionaries(
    {
        "name": st.from_regex(r"oai-[a-z]{1,20}-[a-z]{1,20}-[0-9a-f]{8}", fullmatch=True),
        "deployment": st.from_regex(r"[a-z]{1,20}", fullmatch=True),
        "capacity": st.integers(1, 9999),
        **dict.fromkeys(("used", "calls", "answered", "throttled"), numbers),
    }
)
RESTS = "[1000,0,30000,1795978390000,-1795978390180,0,0,0,0,1000,16]"
OTHERS = "search-key-uznsyKDEsM6O5/0a1b2c3d/u3TYp1oyYgQTVNeH4HrAhMCiCM8="
breakers = st.fixed_dictionaries(
    {
        "gateway": st.integers(1, 32),
        "backend": st.from_regex(r"/s/backends/[a-z]{1,20}-[a-z]{1,20}", fullmatch=True),
        "open_for": st.floats(0, 86400),
    }
)
OWN = ("apimlb/0a1b2c3d/chat/eastus2", "search/0a1b2c3d/chat/eastus2")
kept_values = st.tuples(
    st.sampled_from(OWN), st.sampled_from([RESTS, "[1000,0,30000,0,0,0,0,0,0,1000,16]", "1795978390"])
) | st.tuples(st.sampled_from([OTHERS, "a policy's own"]), st.just(""))
cache = st.builds(
    lambda kept, seconds: {"service": "/s", "key": kept[0], "seconds": seconds, "text": kept[1]},
    kept_values,
    st.floats(0, 9),
)


@given(st.lists(rows, max_size=4), st.lists(breakers, max_size=3), st.lists(cache, max_size=3), st.booleans())
def test_everything_is_told_within_eighty_columns(accounts, opened, kept, frozen):
    found = {
        "gateway_url": "http://127.0.0.1:45800",
        "arm_url": "https://127.0.0.1:45810",
        "pid": 4_194_304,
        "clock": {"now": "2026-11-29T18:52:58.1796420Z", "frozen": frozen},
        "accounts": accounts,
        "breakers": opened,
        "cache": kept,
    }
    told = list(lines(found, [], ".apimlb/local"))
    assert max(map(len, told)) <= 80
    text = "\n".join(told)
    for row in accounts:
        assert row["name"] in text
        assert f"{row['used']:,}" in text
    resting = [row for row in kept if row["key"].endswith("/chat/eastus2") and row["text"] == RESTS]
    assert text.count("eastus2/chat: cools down for 12 s more") == len(resting)
    assert text.count(": breaker ") == len(opened)
    assert ("standing still" in text) == frozen
