"""The table of SDK operations names what the SDK has."""

import inspect

import pytest

from apimlb.deploy.azure import connect
from apimlb.deploy.cloud import Target
from apimlb.deploy.operations import KINDS
from apimlb.deploy.sdk.wire import client_class
from apimlb.errors import ApimlbError
from apimlb.http import Request, Response
from tests.fakes import ManualClock
from tests.sdk import FakeCredential, InProcessTransport

FLAGS = {"guarded": ("delete", "if_match"), "rawxml": ("get", "format")}


def operation(kind: str, name: str) -> inspect.Signature:
    row = KINDS[kind]
    credential = FakeCredential(ManualClock())
    client = client_class(row.client)(credential, *(() if row.client == "subscriptions" else ("s",)))
    return inspect.signature(getattr(getattr(client, row.group), name))


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_is_there_and_takes_what_it_is_given(kind: str) -> None:
    row = KINDS[kind]
    for name in (row.get, row.put, row.patch, row.delete, row.list, row.secrets):
        if name:
            assert "self" not in operation(kind, name).parameters
    for flag, (method, parameter) in FLAGS.items():
        if getattr(row, flag):
            assert parameter in operation(kind, getattr(row, method)).parameters


def an_id(kind: str) -> str:
    namespace, *types = kind.split("/")
    match types:
        case ["subscriptions"]:
            return "/subscriptions/s"
        case ["resourcegroups"]:
            return "/subscriptions/s/resourceGroups/g"
        case _:
            scope = "/subscriptions/s" if "locations" in types else "/subscriptions/s/resourceGroups/g"
            return f"{scope}/providers/{namespace}" + "".join(f"/{part}/x" for part in types)


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_takes_the_parts_of_the_id(kind: str) -> None:
    row, arguments = KINDS[kind], KINDS[kind].arrange(an_id(kind))
    body, named = {"content_type": "application/json"}, row.options
    if row.get:
        operation(kind, row.get).bind(*arguments, **named)
    if row.put:
        operation(kind, row.put).bind(
            *arguments, *(() if row.bare else (b"{}",)), **({} if row.bare else body), **named
        )
    if row.patch:
        operation(kind, row.patch).bind(*arguments, *(("*",) if row.guarded else ()), b"{}", **body, **named)
    if row.delete:
        operation(kind, row.delete).bind(*arguments, **({"if_match": "*"} if row.guarded else {}), **named)
    if row.secrets:
        operation(kind, row.secrets).bind(*arguments)


def test_nothing_is_asked_before_the_first_call() -> None:
    asked: list[str] = []

    def refuse(request: Request) -> Response:
        asked.append(request.url)
        return Response(401)

    clock = ManualClock()
    target = Target("s", tenant_id="t", client_id="c", client_secret="x")
    azure = connect(target, clock, transport=InProcessTransport(refuse, clock))
    assert not asked
    with pytest.raises(ApimlbError):
        azure.get("/subscriptions/s/resourceGroups/g")
    assert asked
