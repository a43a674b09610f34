"""The table of SDK operations names what the SDK has."""

import inspect

import pytest

from apimlb.clock import SystemClock
from apimlb.deploy.azure import CLIENTS, connect
from apimlb.deploy.cloud import Target
from apimlb.deploy.operations import KINDS
from tests.fakes import ManualClock
from tests.sdk import FakeCredential

FLAGS = {"guarded": ("delete", "if_match"), "rawxml": ("get", "format")}


def operation(kind: str, name: str) -> inspect.Signature:
    row = KINDS[kind]
    credential = FakeCredential(ManualClock())
    client = CLIENTS[row.client](credential, *(() if row.client == "subscriptions" else ("s",)))
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


@pytest.mark.parametrize("kind", [kind for kind, row in KINDS.items() if row.put])
def test_a_write_takes_the_id_s_parts_and_a_body(kind: str) -> None:
    row = KINDS[kind]
    id = "/subscriptions/s/resourceGroups/g"
    namespace, *types = kind.split("/")
    if kind != "microsoft.resources/resourcegroups":
        id += f"/providers/{namespace}" + "".join(f"/{part}/x" for part in types)
    operation(kind, row.put).bind(*row.arrange(id), b"{}", content_type="application/json")


def test_nothing_is_asked_before_the_first_call() -> None:
    connect(Target("s"), SystemClock())
