"""A service's documents, read once, answer every question of a request."""

import pytest

from apimlb.local.gateway.keys import AccessRules, Scope
from apimlb.local.gateway.routes import Service, read_service
from apimlb.policy.apim.context import SubscriptionKeyParameterNames
from tests.unit.local.gateway.documents import THROTTLED, ServiceDocuments, policy_of


def read(azure: ServiceDocuments) -> Service:
    document = azure.store.get(azure.id)
    assert document is not None
    return read_service([document, *azure.store.descendants(azure.id)])


def test_the_longest_api_path_wins_and_the_rest_is_left() -> None:
    azure = ServiceDocuments()
    azure.api("root", "")
    azure.api("short", "openai")
    azure.api("long", "OpenAI/v1")
    service = read(azure)

    def found(path: str) -> tuple[str, str]:
        reached = service.find_api(path)
        assert reached is not None
        return reached[0].view.id, reached[1]

    assert found("/openai/v1/chat/completions") == ("long", "/chat/completions")
    assert found("/openai/V1") == ("long", "/")
    assert found("/openai/v1beta/chat/") == ("short", "/v1beta/chat/")
    assert found("/other//x") == ("root", "/other//x")
    assert found("/") == ("root", "/")


def test_without_an_api_of_that_path_there_is_none() -> None:
    azure = ServiceDocuments()
    azure.api("chat", "openai")
    assert read(azure).find_api("/open/ai") is None


def test_revisions_are_reached_by_name_and_the_current_one_without() -> None:
    azure = ServiceDocuments()
    azure.api("chat", "openai")
    azure.api("chat;rev=2", "openai", apiRevision="2", isCurrent=False)
    service = read(azure)
    for path, revision in (("/openai/x", "1"), ("/openai;rev=1/x", "1"), ("/openai;rev=2/x", "2")):
        reached = service.find_api(path)
        assert reached is not None
        assert (reached[0].view.revision, reached[1], reached[0].view.id) == (revision, "/x", "chat")


def test_versions_are_reached_by_a_segment_where_their_set_says_so() -> None:
    azure = ServiceDocuments()
    azure.put("apiVersionSets/paths", {"displayName": "paths", "versioningScheme": "Segment"})
    azure.put("apiVersionSets/headers", {"displayName": "headers", "versioningScheme": "Header"})
    azure.api("first", "openai")
    for version in ("v1", "V2"):
        in_set = {"apiVersion": version, "apiVersionSetId": f"{azure.id}/apiVersionSets/Paths"}
        azure.api(version, "openai", **in_set)
    azure.api("other", "other", apiVersion="v1", apiVersionSetId="/apiVersionSets/headers")
    service = read(azure)
    for path, id, rest in (
        ("/openai/x", "first", "/x"),
        ("/openai/v1/x", "v1", "/x"),
        ("/openai/v2", "V2", "/"),
        ("/other/v1", "other", "/v1"),
    ):
        reached = service.find_api(path)
        assert reached is not None
        assert (reached[0].view.id, reached[1]) == (id, rest)
        assert reached[0].view.path in ("openai", "other")


def test_operations_belong_to_their_api() -> None:
    azure = ServiceDocuments()
    azure.api("chat", "openai")
    azure.api("chat2", "other")
    azure.operation("/chat", api="chat", name="create-chat")
    reached = read(azure).find_api("/openai/chat")
    assert reached is not None
    found = reached[0].operations.find("POST", reached[1], {})
    assert found is not None
    view = found[0].view
    assert (view.id, view.method, view.url_template) == ("create-chat", "POST", "/chat")
    other = read(azure).find_api("/other/chat")
    assert other is not None
    assert other[0].operations.find("POST", "/chat", {}) is None


def test_policies_apply_from_broad_to_narrow() -> None:
    azure = ServiceDocuments()
    azure.api()
    azure.operation(name="chat")
    azure.product("gold", "chat")
    scopes = ("", "products/gold", "apis/chat", "apis/chat/operations/chat")
    for scope in scopes:
        azure.policy(policy_of(), scope)
    service = read(azure)
    api, rest = service.find_api("/openai/x") or (None, "")
    assert api is not None
    found = api.operations.find("POST", rest, {})
    assert found is not None
    chain = service.chain("gold", api, found[0])
    assert [place.scope for place in chain] == ["global", "product", "api", "operation"]
    assert [place.scope for place in service.chain(None, api, None)] == ["global", "api"]


def test_an_api_asks_for_keys_as_it_was_told() -> None:
    azure = ServiceDocuments()
    names = {"header": "api-key", "query": "key", "bearer": "enabled"}
    azure.api(subscriptionRequired=True, subscriptionKeyParameterNames=names)
    azure.api("free", "free")
    azure.product("gold", "chat")
    azure.product("open", "chat", subscriptionRequired=False)
    azure.product("draft", "chat", subscriptionRequired=False, state="notPublished")
    azure.put("products/linked", {"state": "published"})
    azure.put("products/linked/apiLinks/1", {"apiId": f"{azure.id}/apis/Chat"})
    service = read(azure)
    assert service.apis["openai"].rules == AccessRules(
        "chat",
        required=True,
        names=SubscriptionKeyParameterNames("api-key", "key"),
        products=(("gold", False), ("open", True), ("draft", False), ("linked", False)),
        bearer=True,
    )
    assert service.apis["free"].rules == AccessRules("free", required=False)


def test_subscriptions_are_found_by_either_key() -> None:
    azure = ServiceDocuments()
    azure.subscription("app", "products/gold")
    azure.subscription("old", "apis", state="suspended")
    subscription_keys = read(azure).subscription_keys
    assert subscription_keys["app-1"] is subscription_keys["app-2"]
    assert (subscription_keys["app-1"].id, subscription_keys["app-1"].scope) == (
        "app",
        Scope("product", "gold"),
    )
    assert [subscription_keys[key].active for key in ("app-1", "old-1")] == [True, False]


def test_named_values_and_fragments_are_at_hand() -> None:
    azure = ServiceDocuments()
    azure.put("namedValues/nv1", {"displayName": "region", "value": "east"})
    azure.put("namedValues/nv2", {"displayName": "secret", "secret": True}, value="hush")
    azure.put("policyFragments/auth", {"format": "rawxml"}, rawxml="<fragment />")
    substitutions = read(azure).substitutions
    assert substitutions.named_values == {"region": "east", "secret": "hush"}
    assert substitutions.fragments == {"auth": "<fragment />"}


@pytest.mark.parametrize(("sku", "has_breaker"), [("Developer", True), ("Consumption", False)])
def test_breakers_exist_where_the_tier_has_them(sku: str, has_breaker: bool) -> None:
    azure = ServiceDocuments(sku=sku)
    azure.backend("east", breaker=THROTTLED)
    service = read(azure)
    assert (service.backends.singles["east"].rule is not None) is has_breaker
    assert (service.sku, service.deployment.service_name) == (sku, "apim")
