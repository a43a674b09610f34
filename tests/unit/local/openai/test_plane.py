"""A caller at an account: admitted or not, answered, and what is counted."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apimlb.local.openai.plane import Count, Outage
from apimlb.local.openai.switches import ADVERSE, Settings, Switches
from tests.unit.local.openai.conftest import Rig

V1 = "/openai/v1/chat/completions"
HELLO = {"messages": [{"role": "user", "content": "Hello"}]}


class TestWhoMayCall:
    @pytest.mark.parametrize("headers", [{"api_key": "k2"}, {"Authorization": "Bearer good"}])
    async def test_a_key_or_a_token_with_a_role_opens(self, rig, headers):
        assert (await rig.chat(more=headers)).status == 200

    async def test_a_wrong_key_is_401_in_azures_words(self, rig):
        reply = await rig.chat(more={"api_key": "guess"})
        assert (reply.status, reply.error["code"]) == (401, "401")
        assert reply.error["message"].startswith("Access denied due to invalid subscription key or wrong API")

    async def test_a_key_may_be_the_bearer_on_v1_alone(self, rig):
        asked = {**HELLO, "model": "chat"}
        for key, status in (("k1", 200), ("guess", 401)):
            assert (await rig.ask(V1, asked, Authorization=f"Bearer {key}")).status == status
        assert (await rig.chat(more={"Authorization": "Bearer k1"})).status == 401

    @pytest.mark.parametrize("headers", [{"Authorization": "Bearer bad"}, {"Accept": "*/*"}])
    async def test_a_bad_token_or_none_is_401_without_error_around_it(self, rig, headers):
        reply = await rig.chat(more=headers)
        assert reply.status == 401
        assert reply.json["statusCode"] == 401
        assert reply.json["message"].startswith("Unauthorized. Access token is missing, invalid,")

    async def test_a_token_without_a_role_names_what_it_lacks(self, rig):
        rig.roles.clear()
        reply = await rig.chat(more={"Authorization": "Bearer good"})
        assert (reply.status, reply.error["code"]) == (401, "PermissionDenied")
        assert "OpenAI/deployments/chat/completions/action" in reply.error["message"]
        assert "`POST /openai/deployments/{deployment-id}/chat/completions`" in reply.error["message"]

    async def test_an_account_without_local_auth_takes_no_key(self, rig):
        rig.account(disableLocalAuth=True)
        reply = await rig.chat()
        assert (reply.status, reply.error["code"]) == (403, "AuthenticationTypeDisabled")
        assert (await rig.chat(more={"Authorization": "Bearer good"})).status == 200

    async def test_an_account_behind_a_private_endpoint_is_closed(self, rig):
        rig.account(publicNetworkAccess="Disabled")
        assert (await rig.chat()).status == 403

    async def test_an_unknown_host_does_not_resolve(self, rig):
        with pytest.raises(ConnectionError, match="west"):
            await rig.chat(more={"host": "west.openai.azure.com"})


class TestWhatIsThere:
    @pytest.mark.parametrize(
        "host", ["east.openai.azure.com", "EAST.services.ai.azure.com", "east.openai.azure.com.localhost"]
    )
    async def test_an_account_has_several_hosts(self, rig, host):
        assert (await rig.chat(more={"host": host})).status == 200

    @pytest.mark.parametrize(
        "path",
        [
            "/openai/deployments/chat/chat/completions",
            "/openai/deployments/chat/chat/completions?api-version=latest",
            "/openai/deployments/chat/images?api-version=2024-10-21",
            "/openai/v1/completions/more",
            "/openai",
            "/",
        ],
    )
    async def test_other_paths_and_versions_are_not_found(self, rig, path):
        reply = await rig.ask(path, HELLO)
        assert (reply.status, reply.error) == (404, {"code": "404", "message": "Resource not found"})

    async def test_an_unknown_deployment_says_so(self, rig):
        reply = await rig.chat("nobody")
        assert (reply.status, reply.error["code"]) == (404, "DeploymentNotFound")

    async def test_a_deployment_still_being_made_does_not_serve(self, rig):
        rig.deploy("soon", provisioningState="Creating")
        assert (await rig.chat("soon")).error["code"] == "DeploymentNotFound"

    async def test_v1_finds_the_deployment_by_the_model_of_the_body(self, rig):
        assert (await rig.ask(V1, {**HELLO, "model": "CHAT"})).json["model"] == "gpt-5.1-2025-11-13"
        assert (await rig.ask(V1, HELLO)).status == 404

    async def test_one_model_can_be_asked_for(self, rig):
        reply = await rig.ask("/openai/v1/models/text-embedding-3-small")
        assert reply.json["id"] == "text-embedding-3-small"
        assert (await rig.ask("/openai/v1/models/gpt-2")).status == 404

    async def test_models_lists_what_is_deployed(self, rig):
        ids = [model["id"] for model in (await rig.ask("/openai/v1/models")).json["data"]]
        assert ids == ["gpt-5.1-2025-11-13", "text-embedding-3-small"]

    async def test_a_model_does_not_do_everything(self, rig):
        reply = await rig.chat("embed")
        assert (reply.status, reply.error["code"]) == (400, "OperationNotSupported")
        path = "/openai/deployments/chat/embeddings?api-version=2024-10-21"
        reply = await rig.ask(path, {"input": "text"})
        assert "The embeddings operation does not work with the specified model" in reply.error["message"]

    async def test_every_answer_names_request_and_region(self, rig):
        reply = await rig.chat()
        assert reply.headers.get("x-ms-region") == "Sweden Central"
        assert len(reply.headers.get("apim-request-id")) == 36


class TestThrottling:
    async def test_600_requests_a_minute_are_10_in_a_second(self, rig):
        rig.deploy(requests=(600, 60), tokens=(1_000_000, 60))
        replies = [await rig.chat() for _ in range(11)]
        assert [reply.status for reply in replies] == [200] * 10 + [429]
        refused = replies[-1]
        assert refused.error["code"] == "RateLimitReached"
        assert (
            "exceeded the call rate limit for your current OpenAI S0 pricing tier" in refused.error["message"]
        )
        assert refused.headers.get("Retry-After") == "1"
        assert refused.headers.get("retry-after-ms") == "1000"
        rig.clock.advance(1)
        assert (await rig.chat()).status == 200

    async def test_a_call_above_the_whole_limit_is_429_on_an_unused_deployment(self, rig):
        rig.deploy(tokens=(100, 60))
        reply = await rig.chat(max_completion_tokens=500)
        assert (reply.status, reply.headers.get("Retry-After")) == (429, "60")

    async def test_tokens_are_estimated_at_arrival_and_reset_each_minute(self, rig):
        rig.deploy(tokens=(300, 60))
        first = await rig.chat(max_completion_tokens=200)
        rig.clock.advance(20)
        second = await rig.chat(max_completion_tokens=200)
        assert (first.status, second.status) == (200, 429)
        assert second.headers.get("Retry-After") == "40"
        assert "Please retry after 40 seconds." in second.error["message"]
        assert "gpt-5.1 in Sweden Central" in second.error["message"]
        rig.clock.advance(40)
        assert (await rig.chat(max_completion_tokens=200)).status == 200

    async def test_answers_and_refusals_carry_the_numbers(self, rig):
        rig.deploy(tokens=(60_000, 60), requests=(10, 10))
        reply = await rig.chat(max_completion_tokens=1000)
        numbers = {
            name: reply.headers.get(f"x-ratelimit-{name}") for name in ("limit-tokens", "limit-requests")
        }
        assert numbers == {"limit-tokens": "60000", "limit-requests": "60"}
        assert 58_900 < int(reply.headers.get("x-ratelimit-remaining-tokens")) < 59_000
        assert reply.headers.get("x-ratelimit-remaining-requests") == "59"
        assert reply.headers.get("x-ratelimit-reset-tokens") == "60"

    async def test_a_refused_call_uses_up_requests(self, rig):
        rig.deploy(tokens=(200, 60), requests=(2, 10))
        assert [(await rig.chat(max_completion_tokens=190)).status for _ in range(2)] == [429, 429]
        assert "call rate limit" in (await rig.chat(max_completion_tokens=10)).error["message"]

    async def test_a_refused_call_may_use_up_nothing(self, build):
        rig = build(switches=Switches(refused_calls_count=False))
        rig.deploy(tokens=(200, 60), requests=(2, 10))
        assert [(await rig.chat(max_completion_tokens=190)).status for _ in range(5)] == [429] * 5
        assert (await rig.chat(max_completion_tokens=10)).status == 200

    async def test_more_capacity_helps_at_once_and_keeps_what_is_used(self, rig):
        rig.deploy(tokens=(1_000, 60), requests=(99, 10))
        assert [(await rig.chat(max_completion_tokens=700)).status for _ in range(2)] == [200, 429]
        rig.deploy(tokens=(2_000, 60), requests=(99, 10))
        assert [(await rig.chat(max_completion_tokens=700)).status for _ in range(2)] == [200, 429]

    async def test_without_stated_limits_capacity_decides(self, rig):
        rig.deploy(sku={"name": "Standard", "capacity": 2})
        reply = await rig.chat()
        assert reply.headers.get("x-ratelimit-limit-tokens") == "2000"
        assert reply.headers.get("x-ratelimit-limit-requests") == "12"

    async def test_pressure_lowers_the_limits(self, build):
        rig = build(pressure=2.0)
        rig.deploy(tokens=(1000, 60))
        assert (await rig.chat()).headers.get("x-ratelimit-limit-tokens") == "500"

    async def test_provisioned_units_fill_above_and_drain(self, build):
        rig = build(unit_tokens=600)
        rig.deploy(sku={"name": "GlobalProvisionedManaged", "capacity": 1}, model="gpt-4o")
        replies = [await rig.chat(max_tokens=590) for _ in range(20)]
        statuses = [reply.status for reply in replies]
        assert statuses[:5] == [200] * 5
        assert statuses[-1] == 429
        wait = int(replies[-1].headers.get("retry-after-ms"))
        rig.clock.advance(wait / 1000)
        assert (await rig.chat(max_tokens=590)).status == 200

    @given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 400)), min_size=1, max_size=40))
    async def test_a_minute_never_serves_more_estimated_tokens_than_its_limit(self, arrivals):
        rig = Rig()
        rig.account()
        rig.deploy(tokens=(1000, 60), requests=(1000, 10))
        opened, spent = -math.inf, 0
        for gap, tokens in arrivals:
            rig.clock.advance(gap)
            reply = await rig.chat(max_completion_tokens=tokens)
            if rig.clock.now() >= opened + 60:
                opened, spent = rig.clock.now(), 0
            spent += tokens if reply.status == 200 else 0
            assert spent <= 1000
        rig.store.close()


class TestSwitches:
    async def refused(self, rig, tokens=200):
        rig.deploy(tokens=(250, 60))
        await rig.chat(max_completion_tokens=200)
        return await rig.chat(max_completion_tokens=tokens)

    async def test_the_older_wording(self, build):
        reply = await self.refused(build(switches=Switches(body="429")))
        assert reply.error["code"] == "429"
        assert reply.error["message"].startswith(
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have "
            "exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 60 seconds."
        )

    async def test_token_refusals_without_a_hint_when_to_come_back(self, build):
        reply = await self.refused(build(switches=Switches(token_retry_after=False)))
        assert "Retry-After" not in reply.headers
        assert "retry-after-ms" not in reply.headers

    async def test_a_day_for_a_call_that_never_fits(self, build):
        rig = build(switches=ADVERSE)
        assert "Retry-After" not in (await self.refused(rig)).headers
        reply = await self.refused(rig, tokens=5000)
        assert reply.headers.get("Retry-After") == "86400"
        assert "Please retry after 86400 seconds." in reply.error["message"]

    async def test_refused_tokens_may_close_the_minute(self, build):
        rig = build(switches=Switches(refused_tokens_count=True))
        await self.refused(rig)
        assert (await rig.chat(max_completion_tokens=1)).status == 429

    async def test_one_second_slices_even_for_slow_deployments(self, build):
        rig = build(switches=Switches(request_slice="one-second"))
        rig.deploy(requests=(5, 10))
        assert [(await rig.chat()).status for _ in range(2)] == [200, 429]

    def test_adverse_differs_from_likely_everywhere_but_in_counting_refused_calls(self):
        likely = Switches()
        same = [name for name in Switches.__slots__ if getattr(likely, name) == getattr(ADVERSE, name)]
        assert same == ["refused_calls_count"]
        assert Settings().switches == likely


class TestCountsAndOutages:
    async def test_calls_answers_and_refusals_are_counted_per_deployment(self, rig):
        rig.deploy(requests=(1, 10))
        for _ in range(3):
            await rig.chat()
        await rig.chat("embed")
        assert rig.called() == [Count("east", "chat", 3, 1, 2), Count("east", "embed", 1, 0, 0)]

    async def test_an_account_can_fail_and_work_again(self, rig):
        rig.plane.fail("EAST", Outage(503))
        assert (await rig.chat()).status == 503
        rig.plane.fail("east", Outage(0, seconds=30))
        with pytest.raises(ConnectionError):
            await rig.chat()
        assert rig.clock.slept == [30]
        rig.plane.fail("east", None)
        assert (await rig.chat()).status == 200

    async def test_one_account_can_be_lowered_under_pressure_while_it_is_in_use(self, build):
        rig = build(seed=3)
        rig.deploy(tokens=(1000, 60), requests=(600, 60))
        assert (await rig.chat(max_completion_tokens=400)).status == 200
        rig.plane.adjust("EAST", Settings(seed=3, pressure=2.0))
        refused = await rig.chat(max_completion_tokens=400)
        assert (refused.status, refused.headers.get("x-ratelimit-limit-tokens")) == (429, "500")
        rig.plane.adjust("east", None)
        back = await rig.chat(max_completion_tokens=400)
        assert (back.status, back.headers.get("x-ratelimit-limit-tokens")) == (200, "1000")

    async def test_one_account_can_be_slower_than_the_others(self, build):
        rig = build()
        rig.account("west")
        rig.deploy(account="west")
        rig.plane.adjust("west", Settings(first_token_seconds=2.0))
        await rig.chat()
        assert rig.clock.slept == []
        await rig.chat(more={"host": "west.openai.azure.com", "api_key": "k1"})
        assert rig.clock.slept == [2.0]

    async def test_an_answer_grows_with_the_limit_only_where_the_settings_say_so(self, build):
        usual = await build().chat(max_completion_tokens=500)
        assert usual.json["usage"]["completion_tokens"] <= 40
        filled = await build(fills_limit=True).chat(max_completion_tokens=500)
        assert filled.json["usage"]["completion_tokens"] == 500

    async def test_filler_has_its_share_of_the_limit_and_what_is_usual_without_one(self, build):
        rig = build(filler=0.25)
        limited, free = await rig.chat(max_completion_tokens=400), await rig.chat()
        assert [reply.json["usage"]["completion_tokens"] for reply in (limited, free)] == [100, 40]

    async def test_an_answer_takes_its_time(self, build):
        rig = build(first_token_seconds=0.5, token_seconds=0.1)
        reply = await rig.chat(max_completion_tokens=4)
        assert rig.clock.slept == [0.5, pytest.approx(0.1 * reply.json["usage"]["completion_tokens"])]


WORDS = [
    *("messages", "prompt", "input", "n", "max_tokens", "tools", "tool_choice", "stream", "response_format"),
    *("stream_options", "dimensions", "text", "temperature", "best_of", "model", "content", "format"),
    *(
        "function",
        "parameters",
        "name",
        "type",
        "properties",
        "items",
        "minItems",
        "minimum",
        "enum",
        "anyOf",
    ),
    *("$ref", "json_schema", "schema", "object", "array", "string", "required", "integer", "number", "echo"),
]
words = st.sampled_from(WORDS)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | words | st.just("#/tools"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
asked = st.fixed_dictionaries(
    {
        "messages": st.just([{"role": "user", "content": "Hi"}]),
        "prompt": st.just("Hi"),
        "input": st.just("Hi"),
    },
    optional=dict.fromkeys(WORDS[3:17], json_values),
) | st.dictionaries(words, json_values)


class TestAnyBody:
    @given(asked, st.sampled_from(["chat", "embed"]))
    async def test_gets_an_answer_or_a_400(self, body, deployment):
        rig = Rig()
        rig.account()
        rig.deploy("chat", model="gpt-4o", capabilities={"completion": "true", "chatCompletion": "true"})
        rig.deploy("embed", model="text-embedding-3-small")
        paths = [
            f"/openai/deployments/{deployment}/{name}?api-version=2024-10-21"
            for name in ("chat/completions", "completions", "embeddings")
        ]
        for path in [*paths, "/openai/v1/responses"]:
            reply = await rig.ask(path, body if path in paths else {**body, "model": "chat"})
            assert reply.status in (200, 400)
            if reply.status == 400:
                assert set(reply.error) >= {"code", "message"}
        rig.store.close()

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
    async def test_what_is_no_object_is_400(self, rig, body):
        reply = await rig.ask("/openai/deployments/chat/chat/completions?api-version=2024-10-21", body)
        assert (reply.status, reply.error["type"]) == (400, "invalid_request_error")
        assert json.loads(b"".join(reply.chunks))


@pytest.mark.parametrize("version", ["2025-09-01", "2099-01-01", "abc", "", "2024-10-21-preview"])
async def test_an_api_version_that_never_was_is_not_found(rig, version):
    reply = await rig.chat(version=version)
    assert reply.status == 404
    assert reply.json == {"error": {"code": "404", "message": "Resource not found"}}
