"""An operation's template fits a path, names its parts, and gives way to a more literal one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.gateway.templates import Route, RouteTable, compile_template


def match(template: str, path: str, query: dict[str, str] | None = None) -> dict[str, str] | None:
    return compile_template(template).match(path, query or {})


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/chat", "/chat", {}),
        ("/chat", "/CHAT", {}),
        ("chat/", "/chat", {}),
        ("/chat", "/chats", None),
        ("/chat", "/chat/x", None),
        ("/", "/", {}),
        ("/", "", {}),
        ("/", "/x", None),
        ("/deployments/{deployment-id}/chat", "/deployments/gpt%205/chat", {"deployment-id": "gpt 5"}),
        ("/deployments/{id}/chat", "/deployments//chat", None),
        ("/deployments/{id}/chat", "/deployments/a/b/chat", None),
        ("/files/{name}.{kind}", "/files/a.json", {"name": "a", "kind": "json"}),
        ("/{year}-{month}-{day}.log", "/2027--1-2-3.log", {"year": "2027", "month": "-1", "day": "2-3"}),
        ("/{a}{b}", "/xyz", {"a": "x", "b": "yz"}),
        ("/x{a}(1)", "/xy(1)", {"a": "y"}),
        ("/*", "", {}),
        ("/*", "/a/b/c", {}),
        ("/v1/*", "/v1", {}),
        ("/v1/*", "/v1/chat/completions", {}),
        ("/v1/*", "/v1beta", None),
        ("/v1/{*rest}", "/v1/a/b", {"rest": "a/b"}),
        ("/a.b", "/axb", None),
    ],
)
def test_paths(template: str, path: str, values: dict[str, str] | None) -> None:
    assert match(template, path) == values


def test_a_long_path_that_nearly_fits_is_soon_refused() -> None:
    path = "/" + "-" * 60_000
    assert match("/{a}-{b}-{c}-{d}.log", path) is None


def test_a_template_may_ask_for_query_parameters() -> None:
    assert match("/chat?v={version}", "/chat", {"v": "1"}) == {"version": "1"}
    assert match("/chat?v={version}", "/chat") is None
    assert match("/chat?mode=fast", "/chat", {"mode": "slow"}) is None


def table(*templates: str) -> RouteTable[str]:
    return RouteTable(Route("POST", compile_template(text), text) for text in templates)


@pytest.mark.parametrize(
    ("path", "winner"),
    [
        ("/deployments/gpt/chat", "/deployments/gpt/chat"),
        ("/deployments/other/chat", "/deployments/{id}/chat"),
        ("/deployments/other/embeddings", "/deployments/*"),
        ("/models", "/*"),
        ("/reports/a.json", "/reports/{name}.json"),
        ("/reports/a", "/reports/{name}"),
    ],
)
def test_the_most_literal_template_wins(path: str, winner: str) -> None:
    routes = table(
        "/*",
        "/deployments/*",
        "/deployments/{id}/chat",
        "/deployments/gpt/chat",
        "/reports/{name}",
        "/reports/{name}.json",
    )
    found = routes.find("post", path, {})
    assert found is not None
    assert found[0] == winner


def test_a_template_that_asks_for_more_wins() -> None:
    routes = table("/chat", "/chat?v={version}")
    assert routes.find("POST", "/chat", {"v": "1"}) == ("/chat?v={version}", {"version": "1"})
    assert routes.find("POST", "/chat", {}) == ("/chat", {})


def test_another_method_does_not_match_but_is_known() -> None:
    routes = table("/chat")
    assert routes.find("GET", "/chat", {}) is None
    assert routes.methods("/chat", {}) == ["POST"]
    assert routes.methods("/other", {}) == []


segments = st.text(st.characters(codec="utf-8", exclude_characters="/{}*?&"), min_size=1, max_size=6)


@given(st.lists(segments, min_size=1, max_size=4))
def test_a_literal_template_fits_its_own_path_whatever_it_is_made_of(parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    assert match(path, path) == {}
