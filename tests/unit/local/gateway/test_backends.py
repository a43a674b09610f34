"""Backend documents become singles with rules and pools of those that exist."""

from apimlb.local.gateway.backends import Backends, read_backends
from apimlb.local.gateway.breaker import Rule
from apimlb.local.gateway.pool import Member
from tests.unit.local.gateway.documents import THROTTLED, ServiceDocuments


def read(azure: ServiceDocuments, *, breakers: bool = True) -> Backends:
    documents = azure.store.of_kind("microsoft.apimanagement/service/backends")
    return read_backends(azure.id, documents, breakers=breakers)


def test_a_single_backend_has_its_url_and_rule() -> None:
    azure = ServiceDocuments()
    azure.backend("East", "https://east.test/openai/", breaker=THROTTLED)
    backend = read(azure).singles["east"]
    assert backend.url == "https://east.test/openai"
    assert backend.rule == Rule(60, 60, 1, statuses=((429, 429),), accept_retry_after=True)


def test_on_a_tier_without_breakers_there_is_no_rule() -> None:
    azure = ServiceDocuments()
    azure.backend("east", breaker=THROTTLED)
    assert read(azure, breakers=False).singles["east"].rule is None


def test_a_rule_that_cannot_be_read_is_a_problem_and_the_backend_works_without() -> None:
    azure = ServiceDocuments()
    azure.backend("east", breaker={"rules": [{"failureCondition": {"count": 1, "interval": "soon"}}]})
    found = read(azure)
    assert found.singles["east"].rule is None
    assert "'soon' is not a duration" in next(iter(found.problems.values()))


def test_a_backend_is_known_by_the_url_that_it_stands_for() -> None:
    azure = ServiceDocuments()
    azure.backend("east", "https://east.test/openai")
    found = read(azure)
    assert found.at("https://EAST.test/openai/") is found.singles["east"]
    assert found.at("https://east.test") is None


def test_members_of_a_pool_are_named_in_either_form_and_missing_ones_left_out() -> None:
    azure = ServiceDocuments()
    azure.put(
        "backends/all",
        {
            "type": "Pool",
            "pool": {
                "services": [
                    {"id": f"{azure.id}/backends/East", "priority": 2, "weight": 30},
                    {"id": "/backends/west", "priority": None},
                    {"id": "/backends/gone"},
                ]
            },
        },
    )
    azure.backend("east")
    azure.backend("west")
    prefix = f"{azure.id}/backends/".lower()
    assert read(azure).pools["all"].members == (
        Member(prefix + "east", 2, 30),
        Member(prefix + "west", 1, 1),
    )


def test_credentials_are_read() -> None:
    azure = ServiceDocuments()
    azure.backend(
        "east",
        credentials={
            "header": {"x-key": ["1", "2"]},
            "query": {"code": ["a"]},
            "authorization": {"scheme": "Basic", "parameter": "abc"},
            "managedIdentity": {"resource": "https://ai.azure.com", "clientId": "me"},
        },
    )
    credentials = read(azure).singles["east"].credentials
    assert credentials.headers == (("x-key", ("1", "2")),)
    assert credentials.query == (("code", "a"),)
    assert credentials.authorization == "Basic abc"
    assert (credentials.identity_resource, credentials.identity_client_id) == ("https://ai.azure.com", "me")
