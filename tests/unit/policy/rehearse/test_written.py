"""What is written by hand as JSON or YAML, read as members of a context."""

from typing import Any

import pytest

from apimlb.errors import ConfigError
from apimlb.policy.rehearse.cases import answer
from apimlb.policy.rehearse.rehearsal import rehearse
from tests.unit.policy.play import document


@pytest.mark.parametrize(
    ("context", "expression", "value"),
    [
        ({"request": {"ip": "10.0.0.1"}}, "context.Request.IpAddress", "10.0.0.1"),
        ({"request": {"parameters": {"id": 7}}}, 'context.Request.MatchedParameters["id"]', "7"),
        ({"request": {"headers": {"a": [1, "b"]}}}, 'string.Join("+", context.Request.Headers["a"])', "1+b"),
        ({"request": {"url": "https://a/b?c"}}, "context.Request.OriginalUrl.QueryString", "?c"),
        ({"request": {"foundry": {"deployment": "gpt"}}}, "context.Request.Foundry.Deployment", "gpt"),
        ({"response": {"body": {"a": [1]}}}, "context.Response.StatusCode", "200"),
        ({"response": {"body": {"a": [1]}}}, "context.Response.Body.As<string>()", '{"a":[1]}'),
        ({"deployment": {"gateway": {"instance_id": "i"}}}, "context.Deployment.Gateway.InstanceId", "i"),
        ({"user": {"groups": [{"name": "g"}]}}, "context.User.Groups.First().Name", "g"),
        ({"user": {"id": "u"}}, "context.User.RegistrationDate.Year", "1"),
        ({"user": {"id": "u"}}, "context.User.Email", None),
        ({"subscription": {"start_date": "2026-01-02"}}, "context.Subscription.StartDate.Value.Day", "2"),
        ({"subscription": {"start_date": 86400}}, "context.Subscription.StartDate.Value.Day", "2"),
        ({"last_error": {"source": "s"}}, "context.LastError.Section", None),
        ({"api": {"version": None}}, "context.Api.Revision + context.Api.Version", "1"),
    ],
)
def test_members_are_those_of_the_context(context: dict[str, Any], expression: str, value: object) -> None:
    assert answer(f"@({expression})", context)["value"] == value


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({"user": {"groups": [{"nam": "g"}]}}, "context.user.groups.0 cannot have the key 'nam'"),
        ({"user": {"groups": "g"}}, "context.user.groups has to be a list, not 'g'"),
        ({"api": {"is_current_revision": 1}}, "context.api.is_current_revision has to be true or false"),
        (
            {"product": {"subscriptions_limit": True}},
            "subscriptions_limit has to be a whole number, not True",
        ),
        ({"subscription": {"end_date": "soon"}}, "context.subscription.end_date cannot be read"),
        ({"subscription": {"end_date": float("inf")}}, "context.subscription.end_date cannot be read"),
        ({"request": None}, "context.request has to be a mapping, not None"),
        ({"request": "https://a/"}, "context.request has to be a mapping, not 'https://a/'"),
        ({"request": {"certificate": {}}}, "context.request.certificate lacks 'content'"),
        ({"nonsense": 1}, "context cannot have the key 'nonsense'"),
        ({"variables": {"a": {"type": "text", "value": ""}}}, "unknown variable type text"),
    ],
)
def test_a_member_that_cannot_be_is_named(context: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        answer("@(1)", context)
    assert told in str(refused.value)


async def test_a_case_of_a_policy_is_read_by_the_same_rules() -> None:
    with pytest.raises(ConfigError, match=r"backends\.0\.reply\.status has to be a whole number"):
        await rehearse(document(), {"backends": [{"reply": {"status": "ok"}}]})
    case = {"user": {"id": 5, "groups": [{"id": "g"}]}, "named_values": {"n": 1}, "clock": "2026-01-02"}
    name = "<set-variable name='n' value='@(context.User.Id + context.User.Groups.Count() + \"{{n}}\")'/>"
    assert (await rehearse(document(name), case)).variables["n"] == "511"
