"""What a throttled caller reads: both vintages of the 429, and headers that help, mislead or are missing."""

import pytest

from apimlb.local.openai.switches import Switches

TRIAL = "For Free Account customers, upgrade to Pay as you Go here: https://aka.ms/429TrialUpgrade."


async def refused(rig):
    rig.deploy(tokens=(250, 60))
    await rig.chat(max_completion_tokens=200)
    rig.clock.advance(20)
    return await rig.chat(max_completion_tokens=200)


def limits(reply):
    return {name: value for name, value in reply.headers if name.startswith("x-ratelimit")}


class TestWordings:
    async def test_since_october_2025(self, rig):
        error = (await refused(rig)).error
        assert error == {
            "code": "RateLimitReached",
            "message": "Your requests to chat for gpt-5.1 in Sweden Central have exceeded the token rate "
            "limit for your current OpenAI S0 pricing tier. This request was for ChatCompletions_Create "
            "under Azure OpenAI API version 2024-10-21. Please retry after 40 seconds. To increase your "
            "default rate limit, visit: https://aka.ms/oai/quotaincrease.",
        }

    async def test_before(self, build):
        error = (await refused(build(switches=Switches(body="429")))).error
        assert error == {
            "code": "429",
            "message": "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version "
            "2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry "
            "after 40 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further "
            "increase the default rate limit.",
        }

    async def test_of_a_free_subscription(self, build):
        error = (await refused(build(switches=Switches(body="429-free")))).error
        assert error["code"] == "429"
        assert error["message"].endswith(f"increase the default rate limit. {TRIAL}")

    async def test_of_an_account_of_ai_services(self, build):
        rig = build(switches=Switches(body="429"))
        account = rig.store.of_kind("microsoft.cognitiveservices/accounts")[0]
        account.body["kind"] = "AIServices"
        message = (await refused(rig)).error["message"]
        assert "of your current AIServices S0 pricing tier" in message
        assert "Please contact Azure support service if you would like" in message

    async def test_of_v1_name_no_version(self, rig):
        rig.deploy(tokens=(10, 60))
        reply = await rig.ask("/openai/v1/responses", {"model": "chat", "input": "Hello"})
        assert "This request was for Responses_Create under OpenAI Language Model Instance API." in str(
            reply.error["message"]
        )


class TestHeaders:
    async def test_numbers(self, rig):
        reply = await refused(rig)
        assert limits(reply)["x-ratelimit-limit-tokens"] == "250"
        assert limits(reply)["x-ratelimit-reset-tokens"] == "40"
        assert reply.headers.get("retry-after-ms") == "40000"

    async def test_minus_one(self, build):
        found = limits(await refused(build(switches=Switches(rate_headers="sentinel"))))
        tokens = {name[12:]: value for name, value in found.items() if name.endswith("tokens")}
        assert tokens == {"limit-tokens": "-1", "remaining-tokens": "-1", "reset-tokens": "0"}

    async def test_none(self, build):
        assert limits(await refused(build(switches=Switches(rate_headers="absent")))) == {}

    async def test_those_of_the_call_before(self, build):
        rig = build(switches=Switches(rate_headers="stale"))
        rig.deploy(tokens=(1000, 60))
        left = [limits(await rig.chat(max_completion_tokens=100)) for _ in range(3)]
        remaining = [int(found["x-ratelimit-remaining-tokens"]) for found in left]
        assert remaining[0] == remaining[1]
        assert remaining[1] - remaining[2] > 100

    async def test_without_resets(self, build):
        found = limits(await refused(build(switches=Switches(rate_headers="no-resets"))))
        assert [name[12:] for name in found] == [
            "limit-requests",
            "limit-tokens",
            "remaining-requests",
            "remaining-tokens",
        ]

    @pytest.mark.parametrize(
        ("form", "seconds", "milliseconds"),
        [("both", "40", "40000"), ("seconds", "40", None), ("milliseconds", None, "40000")],
    )
    async def test_when_to_come_back_in_one_form_or_both(self, build, form, seconds, milliseconds):
        told = (await refused(build(switches=Switches(retry_after=form)))).headers
        assert (told.get("Retry-After"), told.get("retry-after-ms")) == (seconds, milliseconds)

    async def test_one_in_so_many_says_a_day(self, build):
        rig = build(switches=Switches(day_in=3))
        await refused(rig)
        told = [(await rig.chat(max_completion_tokens=200)).headers.get("Retry-After") for _ in range(5)]
        assert told == ["40", "86400", "40", "40", "86400"]

    async def test_of_limits_that_were_lowered_in_secret_say_what_was_before(self, build):
        rig = build(hidden_pressure=2.0)
        rig.deploy(tokens=(1000, 60))
        answered = limits(await rig.chat(max_completion_tokens=300))
        refused = await rig.chat(max_completion_tokens=300)
        assert answered["x-ratelimit-limit-tokens"] == "1000"
        assert 600 < int(answered["x-ratelimit-remaining-tokens"]) < 700
        assert refused.status == 429
        assert limits(refused)["x-ratelimit-remaining-tokens"] == answered["x-ratelimit-remaining-tokens"]

    async def test_more_than_there_can_be(self, build):
        found = limits(await refused(build(switches=Switches(rate_headers="absurd"))))
        assert int(found["x-ratelimit-remaining-tokens"]) > int(found["x-ratelimit-limit-tokens"])
        assert found["x-ratelimit-reset-tokens"] == "86400"

    async def test_of_2023(self, build):
        rig = build(switches=Switches(rate_headers="of-2023", token_retry_after=False))
        reply = await refused(rig)
        assert reply.headers.get("x-rate-limit-reset-tokens") == "40"
        assert reply.headers.get("policy-id") == "DeploymentRatelimit-Token"
        assert "Retry-After" not in reply.headers
        assert list(limits(reply)) == ["x-ratelimit-remaining-requests"]
        rig.clock.advance(60)
        assert "x-ratelimit-remaining-tokens" in (await rig.chat(max_completion_tokens=10)).headers

    @pytest.mark.parametrize(
        "name", ["apim-request-id", "x-request-id", "x-ms-region", "Strict-Transport-Security"]
    )
    async def test_of_the_service_are_on_refusals_too(self, rig, name):
        assert (await refused(rig)).headers.get(name)
