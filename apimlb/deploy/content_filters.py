"""Whether accounts have the content filters that their deployments name, which Azure calls RAI policies.

Those of Azure's own are in every account (Microsoft Learn, "Default content safety policies"). Any other is
made in an account, so that one which does not exist yet cannot have it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from apimlb.deploy.ids import DEPLOYMENT, kind_of, parent_of
from apimlb.errors import ApimlbError, ConfigError, meant
from apimlb.http import last_segment
from apimlb.stack.differences import at
from apimlb.stack.planner import Action, Plan
from apimlb.stack.resources import Json

FILTER = "microsoft.cognitiveservices/accounts/raipolicies"
_AZURES = "microsoft."


class Named(NamedTuple):
    """A filter that a deployment of an account names."""

    label: str
    account: str
    filter: str


def named(plan: Plan) -> tuple[Named, ...]:
    """The filters that the stack's file names for what the plan makes or changes, but for Azure's own."""
    return tuple(
        Named(step.resource.label, parent_of(step.resource.id), str(name))
        for step in plan.of(Action.CREATE, Action.UPDATE, Action.REPLACE)
        if kind_of(step.key) == DEPLOYMENT
        and (name := at(step.resource.body, "properties.raiPolicyName"))
        and not str(name).lower().startswith(_AZURES)
    )


def filter_problems(
    plan: Plan, observed: Mapping[str, Json], known: Mapping[str, list[Json]]
) -> Iterator[ApimlbError]:
    """Filters that are not there; `known` are those of each account, by its lower-case id, as far as they
    could be read."""
    early: dict[tuple[str, str], list[str]] = {}
    for label, account, name in named(plan):
        if account.lower() not in observed:
            deployment = label.rpartition("/")[2]
            early.setdefault((name, deployment), []).append(label)
        elif account.lower() in known:
            there = [last_segment(str(row["id"])) for row in known[account.lower()]]
            if name.lower() not in {each.lower() for each in there}:
                yield ConfigError(
                    f"The account has no content filter {name}.{meant(name, there)}",
                    where=label,
                    why="A content filter is made in an account, by who answers for what it lets through.",
                    next_step=f"Make it in the account {last_segment(account)}, or name another one.",
                )
    for (name, deployment), labels in early.items():
        yield ConfigError(
            f"The content filter {name} cannot be there before the account is.",
            where=", ".join(labels),
            why="A content filter is made in an account, and the accounts are still to be made.",
            next_step=f"`apimlb deploy --set deployments.{deployment}.content_filter=` makes them without; "
            "then make the filter in each, and deploy again.",
        )
