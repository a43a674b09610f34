"""What Azure was recorded to do, fact by fact, each with the exchanges that show it.

An exchange is compared as a whole with the local answer (see `replay`): status, headers, the body's keys,
their order and their values. `more` asserts what a parsed body cannot show: bytes, durations, and what holds
between exchanges. `out` says why a fact is none of a gateway's business.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.contract.replay import Exchange, Number, Replay

Played = Mapping[str, Replay]


@dataclass(frozen=True, slots=True)
class Fact:
    number: int
    says: str
    sources: str
    more: Callable[[Played], None] | None = None
    out: str = ""

    @property
    def exchanges(self) -> list[tuple[str, Number]]:
        """(recording, number) of each exchange: "a: 1, t2; b: 3" is what `sources` looks like."""
        found: list[tuple[str, Number]] = []
        for part in self.sources.split("; "):
            name, _, numbers = part.partition(": ")
            found += [(name, int(text) if text.isdigit() else text) for text in numbers.split(", ")]
        return found


def at(played: Played, name: str, number: Number) -> Exchange:
    return played[name].exchanges[number]


def header(exchange: Exchange, name: str) -> str:
    return exchange.answer.headers.get(name) or ""


def same_numbering(played: Played) -> None:
    """The operation's number says region, verb and, on a v2 tier, the provider's shard."""
    for name, number in (
        ("apim_cli_deletedservice", 3),
        ("apim_cli_deletedservice", 19),
        ("apim_cli_core_service", 2),
        ("apim_cli_core_service", "t15"),
        ("apim_aso_backend", 2),
        ("apim_aso_backend", 16),
    ):
        exchange = at(played, name, number)
        assert _token(header(exchange, "Location")) == _token(
            exchange.recorded["response_headers"]["Location"]
        )


def _token(url: str) -> tuple[str, str, bool]:
    number = re.sub(r"\?.*", "", url).rsplit("/", 1)[-1]
    found = re.fullmatch(r"(\w+):.+_(Act|Term)_[0-9a-f]{7,8}(:\w+)?", base64.b64decode(number).decode())
    assert found is not None, url
    return found[1], found[2], found[3] is not None


def bare_status(played: Played) -> None:
    for number in (3, 17):
        assert at(played, "apim_aso_backend", number).answer.body == b'{"status":"InProgress"}'


def etag_twice(played: Played) -> None:
    for name, number, quoted in (
        ("apim_aso_backend", 2, False),
        ("apim_aso_backend", 10, False),
        ("cog_aso_deployment", 2, True),
        ("cog_aso_deployment", 7, True),
        ("cog_aso_deployment", 9, True),
    ):
        exchange = at(played, name, number)
        assert exchange.answer.json["etag"] == header(exchange, "ETag").strip("" if quoted else '"')


def purge_date(played: Played) -> None:
    begun = at(played, "apim_cli_deletedservice", 7).at
    shown = at(played, "apim_cli_deletedservice", 18).answer.properties["scheduledPurgeDate"]
    assert _moment(shown) == begun + timedelta(hours=48).total_seconds()


def purged_now(played: Played) -> None:
    exchange = at(played, "apim_cli_deletedservice", 19)
    assert _moment(exchange.answer.properties["scheduledPurgeDate"]) == exchange.at


def _moment(text: str) -> float:
    return datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00").timestamp()


def indented_or_not(played: Played) -> None:
    children = [("apim_aso_backend", n) for n in (12, 13)]
    children += [("apim_aso_20240501_crud_a", n) for n in (46, 49, 67)]
    for name, number in [*children, ("apim_cli_subscription", 3), ("apim_cli_api_policy", 1)]:
        assert at(played, name, number).answer.body.startswith(b'{\r\n  "id": "')
    for name, number in (("apim_aso_backend", 2), ("apim_cli_subscription", 7)):
        assert b"\n" not in at(played, name, number).answer.body


def cache_control(played: Played) -> None:
    for name, number, wanted in (
        ("apim_aso_backend", 12, "private"),
        ("apim_aso_20240501_crud_a", 46, "private"),
        ("apim_cli_api_policy", 1, "no-cache"),
    ):
        assert header(at(played, name, number), "Cache-Control") == wanted


def accepted_with_star(played: Played) -> None:
    for name, number in (("apim_cli_subscription", 5), ("apim_cli_subscription", 11)):
        exchange = at(played, name, number)
        assert exchange.recorded["request_headers"]["If-Match"] == "*"
        assert exchange.answer.status < 300


def purged_account_is_gone(played: Played) -> None:
    rows = at(played, "cog_cli_softdelete", 12).answer.json["value"]
    assert [row["name"] for row in rows] == ["cs_cli_test_gftx"]


def rate_headers(played: Played) -> None:
    """Those of 2025; the older ones were counted otherwise, and reads not at all."""
    for name, number in (
        ("cog_aso_deployment", 2),
        ("cog_aso_deployment", 7),
        ("cog_aso_deployment", 13),
        ("cog_aso_deployment", 16),
        ("rbac_aso_role_assignment", 0),
        ("rbac_aso_role_assignment", 7),
        ("rbac_aso_role_assignment", 10),
        ("apim_aso_backend", 2),
        ("apim_aso_backend", 10),
    ):
        exchange = at(played, name, number)
        wanted = exchange.recorded["response_headers"]
        rates = [key.lower() for key in wanted if "ratelimit" in key.lower()]
        assert [key.lower() for key, _ in exchange.answer.headers if "ratelimit" in key.lower()] == rates
    first = at(played, "rbac_aso_role_assignment", 0)
    key = "x-ms-ratelimit-remaining-subscription-global-writes"
    assert header(first, key) == first.recorded["response_headers"][key]


CREDENTIALS = "the credential manager's types: no deployer of a gateway touches them, nor do its users' tools"

_DELETED, _CORE, _BACKEND = "apim_cli_deletedservice", "apim_cli_core_service", "apim_aso_backend"
_CRUD, _SUBS, _POLICY = "apim_aso_20240501_crud_a", "apim_cli_subscription", "apim_cli_api_policy"
_SOFT, _MODEL, _COG = "cog_cli_softdelete", "cog_cli_model", "cog_aso_deployment"
_RBAC, _LIST, _USAGE = "rbac_aso_role_assignment", "cog_cli_list_models", "cog_cli_list_usages"

FACTS = (
    Fact(
        1, "a service's PUT answers 201 with the whole resource", f"{_DELETED}: 3; {_CORE}: 2; {_BACKEND}: 2"
    ),
    Fact(2, "operation headers before 2022: Location alone", f"{_DELETED}: 3; {_CORE}: 2"),
    Fact(
        3,
        "operation headers of 2024-05-01: both, below the location, Retry-After 20",
        f"{_BACKEND}: 2, 3, 16, 17",
    ),
    Fact(
        4,
        "an operation's number is base64 of region, name, verb and hex",
        f"{_DELETED}: 3, 19; {_CORE}: 2, t15; {_BACKEND}: 2, 16",
        same_numbering,
    ),
    Fact(
        5,
        "the Location poll: 202 and nothing, then 200 with the resource or nothing",
        f"{_CORE}: 3, t16, t17; {_DELETED}: 4, 20",
    ),
    Fact(6, "the Azure-AsyncOperation poll is the bare status", f"{_BACKEND}: 3, 17", bare_status),
    Fact(
        7,
        'Created and Activating, or "" on a v2 tier, then Succeeded and ""',
        f"{_DELETED}: 3, 4; {_CORE}: 2; {_BACKEND}: 2, 10",
    ),
    Fact(
        8, "a service's DELETE answers 202 with the resource, without ETag", f"{_CORE}: t15; {_BACKEND}: 16"
    ),
    Fact(
        9,
        "a minute for Consumption, over two for v2, over an hour for classic tiers, two to delete",
        f"{_DELETED}: 3, 4; {_BACKEND}: 2, 10; {_CORE}: 3, t15, t17",
    ),
    Fact(10, "a location comes back by its display name", f"{_DELETED}: 3, 17; {_CORE}: 2; {_BACKEND}: 2"),
    Fact(11, "the order of a service's keys by api-version", f"{_DELETED}: 3; {_CORE}: 2; {_BACKEND}: 2"),
    Fact(
        12,
        "etag bare in the body and quoted in the header; children do not move it",
        f"{_DELETED}: 3, 4, 6; {_BACKEND}: 2, 10, 15, 16",
        etag_twice,
    ),
    Fact(13, "what is not set is null", f"{_DELETED}: 3; {_BACKEND}: 2"),
    Fact(
        14,
        "customProperties: null at first, then six switches, eight on classic tiers",
        f"{_DELETED}: 3, 4; {_BACKEND}: 2; {_CORE}: 2, t15",
    ),
    Fact(
        15,
        "one Proxy host name, three more keys since 2021-08-01",
        f"{_CORE}: 2; {_DELETED}: 3; {_SUBS}: 2; {_BACKEND}: 2",
    ),
    Fact(16, "which addresses a tier fills in", f"{_CORE}: t6, t15; {_DELETED}: 4; {_BACKEND}: 10"),
    Fact(17, "which keys an api-version knows", f"{_CORE}: 2; {_DELETED}: 3; {_BACKEND}: 2"),
    Fact(
        18,
        "the default sender, identity null, systemData null on v2",
        f"{_BACKEND}: 2; {_SUBS}: 2; {_DELETED}: 3",
    ),
    Fact(
        19,
        "restore, enableClientCertificate and name are taken and not given back",
        f"{_DELETED}: 3; {_CORE}: 2; {_BACKEND}: 2; {_COG}: 2, 9; {_RBAC}: 6; {_CRUD}: 46",
    ),
    Fact(20, "checkNameAvailability always answers 200", f"{_DELETED}: 2, 5; {_CORE}: 1"),
    Fact(
        21,
        "a list of services is a bare value; a service that is being made is hardly filled in",
        f"{_CORE}: t6, t18",
    ),
    Fact(22, "deleting the group soft-deletes its service for 48 hours", f"{_DELETED}: 17, 18", purge_date),
    Fact(23, "a purge answers 202 with the deleted service, due now", f"{_DELETED}: 19, 20, 21", purged_now),
    Fact(
        24,
        "children are indented with CRLF, services are compact",
        f"{_BACKEND}: 12, 13; {_CRUD}: 46, 49, 67; {_SUBS}: 3, 7; {_POLICY}: 1",
        indented_or_not,
    ),
    Fact(
        25,
        "children say id, type, name; their lists have a count",
        f"{_BACKEND}: 12; {_CORE}: t1, t3, t10, t12; {_SUBS}: 1",
    ),
    Fact(
        26,
        "a child's DELETE answers 200 and nothing",
        f"{_CORE}: t2, t11; {_SUBS}: 11; {_CRUD}: 41, 48, 72, 73",
    ),
    Fact(27, "a version set's DELETE answers 204", f"{_CORE}: t13"),
    Fact(
        28,
        "If-Match: * is taken, and none too since 2024-05-01",
        f"{_SUBS}: 5, 11; {_CORE}: t2, t11; {_CRUD}: 72, 73",
        accepted_with_star,
    ),
    Fact(29, "201, then 200; the same content keeps the etag", f"{_POLICY}: 3, 4; {_CRUD}: 67; {_CORE}: m1"),
    Fact(30, "Cache-Control is private since 2024-05-01", f"{_BACKEND}: 12; {_CRUD}: 46", cache_control),
    Fact(31, "an API's defaults and its path", f"{_POLICY}: 1, 2; {_CORE}: m2, m3"),
    Fact(32, "an API in a list has two nulls; classic services come with samples", f"{_CORE}: t1, t3, t5"),
    Fact(33, "a product's defaults and its group, shown once", f"{_CRUD}: 46, 49, 53, 56"),
    Fact(34, "a policy is written again, what is missing stays missing", f"{_POLICY}: 3; {_CRUD}: 57, 61"),
    Fact(35, "a named value before 2024: 202 and a Location with asyncCode", f"{_CORE}: t7, t8"),
    Fact(36, "a named value or fragment since 2024-05-01: a stub and an operation", f"{_CRUD}: 59, 62, 64"),
    Fact(37, "a secret value is shown by listValue alone", f"{_CORE}: t8, t9, t10"),
    Fact(38, "a fragment's id is in lower case when read", f"{_CRUD}: 59, 64"),
    Fact(39, "a backend has a null title and no key that was not sent", f"{_BACKEND}: 12, 13"),
    Fact(40, "a subscription shows its keys once", f"{_SUBS}: 1, 3, 4, 5, 7, 8, 9, 10"),
    Fact(41, "authorizations and access policies", f"{_CRUD}: 38, 51, 68", out=CREDENTIALS),
    Fact(
        42,
        "an account's PUT answers 201, Creating, with an operation of 2017-04-18",
        f"{_SOFT}: 1; {_MODEL}: 1; {_COG}: 2",
    ),
    Fact(43, "its poll: id, name, status, startTime, then endTime", f"{_SOFT}: 2; {_MODEL}: 2; {_COG}: 3, 6"),
    Fact(
        44,
        "its etag changes when it is made, and is quoted in the body too",
        f"{_SOFT}: 1, 3; {_COG}: 2, 7",
        etag_twice,
    ),
    Fact(45, "its location is given back as sent", f"{_SOFT}: 1; {_COG}: 2"),
    Fact(46, "its endpoint without and with a subdomain", f"{_SOFT}: 1; {_COG}: 2"),
    Fact(47, "what an account always has", f"{_SOFT}: 1; {_MODEL}: 1; {_COG}: 2"),
    Fact(48, "twelve rules and thirteen capabilities in 2024-10-01", f"{_COG}: 2"),
    Fact(49, "the order of its keys by api-version", f"{_SOFT}: 1; {_MODEL}: 1; {_COG}: 2"),
    Fact(50, "its DELETE answers 200 and nothing", f"{_SOFT}: 5, 9; {_COG}: 15"),
    Fact(51, "what is not there is refused by the front end", f"{_COG}: 16"),
    Fact(52, "a deleted account is the old body under another id and type", f"{_SOFT}: 6"),
    Fact(53, "restore answers 201, Succeeded, with what was kept", f"{_SOFT}: 7"),
    Fact(
        54,
        "a purge answers 202 with both headers, and it is gone",
        f"{_SOFT}: 10, 11, 12",
        purged_account_is_gone,
    ),
    Fact(55, "a deployment is Succeeded at once, 201 then 200", f"{_COG}: 9, 11"),
    Fact(56, "what is filled in by model version and capacity", f"{_COG}: 9, 11"),
    Fact(57, "a deployment's DELETE, and the provider's own 404", f"{_COG}: 13, 14"),
    Fact(58, "a row of locations/models", f"{_LIST}: 1"),
    Fact(59, "usage names and limits per unit", f"{_LIST}: 1; {_USAGE}: 1"),
    Fact(60, "a row of usages, AccountCount last", f"{_USAGE}: 1"),
    Fact(61, "a role assignment's answer", f"{_RBAC}: 6, 7"),
    Fact(62, "its DELETE answers 200 with it; missing is 404", f"{_RBAC}: 10, 11"),
    Fact(63, "an identity: relative Location, lower-case resourcegroups", f"{_RBAC}: 2, 3"),
    Fact(
        64,
        "a group: 201, no tags unless sent, a job to follow when deleted",
        f"{_DELETED}: 1, 7, 8, 16; {_RBAC}: 0, 13, 14; {_BACKEND}: 0; {_COG}: 0",
    ),
    Fact(
        65,
        "headers that count requests",
        f"{_DELETED}: 3; {_COG}: 2, 7, 13, 16; {_RBAC}: 0, 7, 10; {_BACKEND}: 2, 10; {_SUBS}: 7",
        rate_headers,
    ),
)
