"""A plan is read by account and gateway, an API's operations as one thing, and no GUID is in it."""

import re

import pytest

from apimlb.cli.console import show_plan
from apimlb.cli.outline import change_lines, group_of, removal_lines, summed_up
from apimlb.deploy.executor import Task
from apimlb.stack.differences import Change
from apimlb.stack.planner import plan
from tests.stacks import desired, whole

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


def shown(capsys: pytest.CaptureFixture[str], *, everything: bool = False) -> list[str]:
    show_plan(plan(whole(), {}), where="here", as_data=True, whole=everything)
    return capsys.readouterr().out.splitlines()


def test_a_new_stack_fits_on_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys)
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert not GUID.search(text)
    assert text.count("account oai-") == 3
    assert text.count("account, deployments chat and embedding, role") == 3
    assert "API openai: place in the product, policy, operations get, post and" in text
    for line in lines:
        words = re.findall(r"[a-z]+-[a-z-]+", line)
        assert len(words) == len(set(words)), f"a name twice: {line}"


def test_a_group_that_is_called_as_a_type_confuses_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    for group in ("apis", "service", "accounts"):
        show_plan(plan(desired(gateway=f"{group}/shared"), {}), where="here", as_data=True)
        told = capsys.readouterr().out
        assert "  gateway shared\n    + product apimlb" in told
        assert "providers" not in told


def test_every_step_is_shown_to_who_asks_for_more(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, everything=True)
    assert len([line for line in lines if "+ " in line]) == len(whole())
    assert not GUID.search("\n".join(lines))


def test_a_pool_that_loses_a_member_says_which() -> None:
    had = [{"id": f"/s/backends/{name}-chat", "priority": 1, "weight": 1} for name in ("eastus2", "westus3")]
    (line,) = change_lines(Change("properties.pool.services", had, had[:1]))
    assert line == "− westus3-chat"
    (line,) = change_lines(Change("properties.pool.services", had[:1], had))
    assert line == "+ westus3-chat"
    moved = [{**had[0], "priority": 2}, had[1]]
    (line,) = change_lines(Change("properties.pool.services", had, moved))
    assert line == "~ eastus2-chat: priority 1 → 2"


def test_a_plain_field_is_shown_as_before_and_after() -> None:
    assert [*change_lines(Change("sku.capacity", 30, 50))] == ["sku.capacity: 30 → 50"]
    assert [*change_lines(Change("tags", None, "x" * 90))] == [f"tags: (not set) → {'x' * 59}…"]
    assert [*change_lines(Change("l", ["a", "b"], ["b", "c"]))] == ["− a", "+ c"]


def test_every_resource_of_a_stack_belongs_somewhere() -> None:
    made = desired(strategy="retry", allowed_origins=["*"])
    groups = {group_of(resource.key) for resource in made}
    assert sorted(group.split()[0] for group in groups) == ["account", "gateway", "stack"]


def test_few_names_are_listed_and_many_counted() -> None:
    backends = [(f"/x/providers/microsoft.apimanagement/service/s/backends/b{n}", "") for n in range(4)]
    assert summed_up(backends[:1]) == "backend b0"
    assert summed_up(backends[:3]) == "backends b0, b1 and b2"
    assert summed_up(backends) == "4 backends"


def test_what_goes_is_told_by_account_and_gateway_and_without_ids() -> None:
    account = "/subscriptions/s/resourcegroups/g/providers/microsoft.cognitiveservices/accounts/oai-east"
    service = "/subscriptions/s/resourcegroups/g/providers/microsoft.apimanagement/service/apim-x"
    role = f"{account}/providers/microsoft.authorization/roleassignments/7a861fa2-acfa-55b2-a3ac-345842505394"
    tasks = [
        Task(f"{account}/deployments/chat", "accounts/oai-east/deployments/chat", "delete"),
        Task(f"{account}/deployments/embedding", "accounts/oai-east/deployments/embedding", "delete"),
        Task(role, "roleAssignments/7a861fa2-acfa-55b2-a3ac-345842505394", "delete"),
        Task(service, "service/apim-x", "delete"),
        Task(account, "accounts/oai-east", "delete"),
        Task(
            "/subscriptions/s/providers/microsoft.cognitiveservices/locations/eastus/resourcegroups/g/"
            "deletedaccounts/oai-east",
            "deleted oai-east",
            "purge",
        ),
    ]
    assert list(removal_lines(tasks)) == [
        "  account oai-east",
        "    - delete deployments chat and embedding, role, account",
        "  gateway apim-x",
        "    - delete gateway",
        "  stack",
        "    - purge deleted account oai-east",
    ]
