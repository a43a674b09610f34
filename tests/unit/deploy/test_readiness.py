"""A deploy asks the gateway whether what it made works, and waits for what spreads slowly, not for ever."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from apimlb.deploy.cloud import Limits
from apimlb.deploy.gateway import Answer, UnreachableError
from apimlb.deploy.readiness import ALONE, Readiness
from apimlb.deploy.waiting import Audience, Wait, heard_by
from apimlb.errors import NotReadyError, UnverifiedError
from apimlb.http import Headers
from tests.fakes import ManualClock

URL = "https://apim.azure-api.net"
Reply = Callable[[float], int]
"""What a backend answers, by the seconds since the start."""


class Scene:
    """A gateway with one backend `b`, a clock, and what was heard of waiting."""

    def __init__(self, backend: Reply, strangers: Reply = lambda at: 401, **limits: float) -> None:
        self.clock = ManualClock()
        self.began = self.clock.now()
        self.backend, self.strangers = backend, strangers
        self.waited: list[Wait] = []
        self.asked: list[tuple[str, Headers]] = []
        self.readiness = Readiness(self, self.clock, URL, "the-key", Limits(**limits))

    def adopting(self, command: str) -> "Scene":
        """The backend's account exists already; its owner lets the gateway in with the command."""
        self.readiness = replace(self.readiness, adopted={"b": command})
        return self

    def await_backend(self) -> None:
        with heard_by(Audience(self.waited.append)):
            self.readiness.await_backend("b")

    @property
    def seconds(self) -> float:
        return self.clock.now() - self.began

    def ask(self, method: str, url: str, headers: Headers, body: bytes = b"") -> Answer:
        self.asked.append((url, headers))
        if method == "POST":
            return Answer(self.strangers(self.seconds))
        status = self.backend(self.seconds)
        if status == -1:
            return Answer(404)
        if status == ALONE:
            return Answer(200, Headers([("backend-status", "503"), ("backend-error", "any")]))
        return Answer(200, Headers([("backend-status", str(status))]))


def test_a_backend_that_answers_is_ready_at_once_where_nothing_spreads_slowly() -> None:
    """One probe, since what it is asked counts for the deployment."""
    scene = Scene(lambda at: 400, steady=0)
    scene.await_backend()
    assert (scene.seconds, len(scene.asked)) == (0, 1)
    assert {url for url, _ in scene.asked} == {f"{URL}/apimlb-probe/b"}
    assert {headers.get("Ocp-Apim-Subscription-Key") for _, headers in scene.asked} == {"the-key"}


@pytest.mark.parametrize("status", [200, 400, 429])
def test_a_row_lasts_as_long_as_the_target_wants(status: int) -> None:
    scene = Scene(lambda at: status, steady=60)
    scene.await_backend()
    assert 60 <= scene.seconds < 75


def test_a_role_that_flaps_starts_the_row_anew() -> None:
    scene = Scene(lambda at: 401 if at < 90 or 110 < at < 130 else 400, steady=60)
    scene.await_backend()
    assert 190 <= scene.seconds < 215
    assert "its role or its key, which may take minutes" in scene.waited[0].reason


def test_a_probe_that_the_gateway_does_not_know_yet_is_waited_for() -> None:
    scene = Scene(lambda at: -1 if at < 20 else 400, steady=0)
    scene.await_backend()
    assert scene.waited[0].reason == "the probe is not at the gateway yet"


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (401, "role"),
        (403, "network"),
        (404, "deployment"),
        (ALONE, "alone"),
        (0, "reach"),
        (500, "answers 500"),
    ],
)
def test_a_backend_that_never_is_ready_is_told_with_its_reason(status: int, why: str) -> None:
    scene = Scene(lambda at: status, limit=600)
    with pytest.raises(NotReadyError, match=why) as caught:
        scene.await_backend()
    assert 600 < scene.seconds < 610
    assert (caught.value.exit_code, "b" in caught.value.what) == (7, True)


def test_a_deployment_that_the_probe_itself_brings_to_its_limit_is_ready() -> None:
    answers = iter([429, ALONE, ALONE])
    scene = Scene(lambda at: next(answers), steady=0)
    scene.await_backend()
    assert scene.seconds == 0


def test_a_backend_that_is_left_alone_for_what_clients_were_answered_answers() -> None:
    scene = Scene(lambda at: ALONE)
    scene.readiness.await_answer("b")
    answers = iter([502, ALONE, ALONE, 400])
    scene = Scene(lambda at: next(answers))
    scene.readiness.await_answer("b")
    assert next(answers, None) is None


def test_no_wait_for_an_answer_says_that_time_is_over_which_has_not_begun() -> None:
    scene = Scene(lambda at: 401, limit=600)
    with heard_by(Audience(scene.waited.append)), pytest.raises(NotReadyError, match="after 10 minutes"):
        scene.readiness.await_answer("b")
    assert {wait.reason for wait in scene.waited} == {
        "the account does not let the gateway in yet (its role or its key, which may take minutes)"
    }


def test_strangers_must_be_refused() -> None:
    scene = Scene(lambda at: 400)
    scene.readiness.await_shut("/openai/v1/chat/completions", "tenant")
    bare, foreign = (headers.get("Authorization") for _, headers in scene.asked)
    assert (bare, (foreign or "").count(".")) == (None, 2)


def test_a_policy_that_spreads_slowly_is_waited_for() -> None:
    scene = Scene(lambda at: 400, strangers=lambda at: 404 if at < 45 else 401)
    scene.readiness.await_shut("/openai", "tenant")
    assert 45 <= scene.seconds < 55


def test_what_is_refused_now_and_then_has_to_be_so_for_a_while() -> None:
    """As when one of several instances, or one of several operations, has not learned of it."""
    scene = Scene(lambda at: 400, strangers=lambda at: 404 if at < 5 or 20 < at < 30 else 401)
    scene.readiness.await_shut("/openai;rev=2", "tenant", lasting=60)
    assert 90 <= scene.seconds < 100


def test_a_gateway_that_lets_strangers_in_is_told() -> None:
    scene = Scene(lambda at: 400, strangers=lambda at: 200)
    with pytest.raises(NotReadyError, match="without a credential: it answers 200"):
        scene.readiness.await_shut("/openai", "tenant")


def test_a_gateway_that_cannot_be_reached_from_here_is_unverified() -> None:
    def unreachable(at: float) -> int:
        raise UnreachableError("The gateway cannot be reached: no such host")

    scene = Scene(unreachable, unreachable)
    for check in (scene.await_backend, lambda: scene.readiness.await_shut("/", "t")):
        with pytest.raises(UnverifiedError, match="could not be tried from here") as caught:
            check()
        assert caught.value.exit_code == 8


def test_an_account_that_exists_already_is_not_waited_for_where_it_cannot_be_reached() -> None:
    scene = Scene(lambda at: 0).adopting("")
    with pytest.raises(NotReadyError, match="cannot reach") as caught:
        scene.await_backend()
    assert 60 <= scene.seconds < 90
    assert "Correct the account's endpoint" in caught.value.next_step


def test_who_lets_the_gateway_into_an_account_of_others_is_told() -> None:
    scene = Scene(lambda at: 401).adopting("az role assignment create")
    with pytest.raises(NotReadyError) as caught:
        scene.await_backend()
    assert scene.seconds >= 600
    assert "its owner gives it the role" in scene.waited[0].reason
    assert caught.value.next_step.startswith("Its owner runs `az role assignment create`;")
