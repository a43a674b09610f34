"""Accounts that exist already and take no key: who owns one gives the gateway's identity a role on it."""

from collections.abc import Iterator

from apimlb.stack.config import Account
from apimlb.stack.names import OPENAI_USER, Names


def is_lent(account: Account) -> bool:
    """Whether the account is somebody's who has to let the gateway's identity in."""
    return bool(account.endpoint) and not account.key_from


def grant(names: Names) -> str:
    """The command that its owner lets the gateway in with; only its owner knows the account's id."""
    whose = f"az resource show --ids {names.identity_id} --query {names.principal.path} -o tsv"
    return (
        f"az role assignment create --role {OPENAI_USER} --assignee-principal-type ServicePrincipal "
        f"--assignee-object-id $({whose}) --scope ID"
    )


def grants(names: Names) -> Iterator[tuple[Account, str]]:
    """The command for each account that needs one."""
    for account in names.stack.accounts:
        if is_lent(account):
            yield account, grant(names)
