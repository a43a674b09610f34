"""Azure's error codes in apimlb's words."""

import pytest

from apimlb.deploy.refusals import MEANINGS, Refusal, error_of, meaning, pause_before
from apimlb.errors import ApimlbError, AuthError, CloudError, ConflictError, NotFoundError, QuotaError


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "InsufficientQuota", QuotaError),
        (409, "FlagMustBeSetForRestore", ConflictError),
        (403, "AuthorizationFailed", AuthError),
        (404, "SubscriptionNotFound", AuthError),
        (401, "", AuthError),
        (404, "ResourceNotFound", NotFoundError),
        (409, "SomethingNew", CloudError),
        (500, "", CloudError),
    ],
)
def test_a_refusal_is_somebody_s_error(status: int, code: str, error: type[ApimlbError]) -> None:
    assert type(error_of(Refusal(status, code, "no"), where="accounts/oai")) is error


def test_an_error_says_what_where_and_what_next() -> None:
    refusal = Refusal(409, "FlagMustBeSetForRestore", "An existing resource\nhas been soft-deleted.")
    error = error_of(refusal, where="accounts/oai")
    assert error.what == "A deleted resource still has the name."
    assert "48 hours" in error.why
    assert error.raw == "FlagMustBeSetForRestore: An existing resource has been soft-deleted."
    assert error.where == "accounts/oai"
    assert "--on-soft-deleted purge" in error.next_step


def test_a_cloud_error_keeps_status_and_code_and_tells_the_details() -> None:
    details = ("properties.url: Url is not supported for backend pool.", "One or more fields")
    error = error_of(Refusal(400, "ValidationError", "One or more fields are wrong:", details), where="")
    assert isinstance(error, CloudError)
    assert (error.status, error.code) == (400, "ValidationError")
    assert error.raw.endswith("are wrong: properties.url: Url is not supported for backend pool.")


def test_a_refusal_without_words_is_told_by_its_status() -> None:
    assert "503" in error_of(Refusal(503, "", ""), where="").what


def test_conflicts_are_tried_again_ever_more_slowly_and_quotas_never() -> None:
    conflict = MEANINGS["RequestConflict"]
    assert [pause_before(attempt, conflict) for attempt in range(1, 8)] == [0, 5, 10, 20, 40, 60, 60]
    assert pause_before(2, meaning(Refusal(400, "InsufficientQuota", ""))) == 0


def test_every_meaning_says_what_to_do() -> None:
    assert [code for code, means in MEANINGS.items() if not means.next_step] == []
