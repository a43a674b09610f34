"""A request finds its service by host or by path, and what was read of a service stays until it changes."""

import pytest

from apimlb.http import Request
from apimlb.local.compiling import PolicyCompiler
from apimlb.local.gateway.router import Router
from apimlb.local.store import Store
from tests.unit.local.gateway.documents import ServiceDocuments


def two_services() -> Store:
    store = Store()
    ServiceDocuments(store, name="first", gateway_path="")
    ServiceDocuments(store, name="second", gateway_path="/second")
    return store


@pytest.mark.parametrize(
    ("url", "service", "path"),
    [
        ("https://first.azure-api.net/openai/x", "first", "/openai/x"),
        ("https://SECOND.azure-api.net/openai/x", "second", "/openai/x"),
        ("http://second.localhost:4580/openai", "second", "/openai"),
        ("http://127.0.0.1:4580/openai/x", "first", "/openai/x"),
        ("http://127.0.0.1:4580/second/openai/x", "second", "/openai/x"),
        ("http://127.0.0.1:4580/first/openai/x", "first", "/openai/x"),
        ("http://127.0.0.1:4580/openai/../second/x", "second", "/x"),
        ("http://first.localhost/a/./b/%2E%2e/c?d=/../e", "first", "/a/c"),
        ("http://first.localhost/../..", "first", "/"),
        ("http://first.localhost/a/b/.", "first", "/a/b/"),
        ("http://first.localhost/a/b/..", "first", "/a/"),
        ("http://first.localhost/.../a%2F..//b", "first", "/.../a%2F..//b"),
        ("http://localhost:4580", "first", "/"),
        ("http://localhost:4580/second", "second", "/"),
    ],
)
def test_the_service_of_a_request(url: str, service: str, path: str) -> None:
    found = Router(two_services(), PolicyCompiler()).find(Request("GET", url))
    assert found is not None
    assert (found.service.name, found.remainder) == (service, path)


@pytest.mark.parametrize("url", ["https://third.azure-api.net/x", "http://third.localhost/x"])
def test_a_host_that_names_no_service_has_none(url: str) -> None:
    assert Router(two_services(), PolicyCompiler()).find(Request("GET", url)) is None


def test_a_service_that_is_still_being_made_does_not_answer() -> None:
    azure = ServiceDocuments(state="Activating")
    router = Router(azure.store, PolicyCompiler())
    request = Request("GET", "http://localhost/")
    assert router.find(request) is None
    ServiceDocuments(azure.store, state="Succeeded")
    assert router.find(request) is not None


def test_a_service_is_read_again_only_when_something_of_it_changed() -> None:
    store = two_services()
    first = ServiceDocuments(store, name="first")
    router = Router(store, PolicyCompiler())
    request = Request("GET", "https://first.azure-api.net/")

    def service() -> object:
        found = router.find(request)
        return found and found.service

    before = service()
    ServiceDocuments(store, name="second").api("other", "elsewhere")
    assert service() is before
    first.api("chat", "openai")
    after = service()
    assert after is not before
    first.delete("apis/chat")
    assert service() is not after
