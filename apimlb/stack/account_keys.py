"""Keys of accounts that exist already and take one: a secret named value each, which their backends name.

What the policy sends every account is a token of the gateway's identity. Such an account knows nothing of it,
and may be anybody's server, so that its backends put the key in the token's place, too: Azure OpenAI reads
`api-key`, and prefers a bearer token where there is one.
"""

from collections.abc import Iterator, Mapping

from apimlb.stack.access import named_value_id
from apimlb.stack.config import Account
from apimlb.stack.names import Names
from apimlb.stack.resources import Json, Resource

_SCHEME = "ApiKey"


def named_value_name(account: Account) -> str:
    """What the key's named value is usually called."""
    return f"apimlb-key-{account.name}"


def key_needs(names: Names, account: Account) -> tuple[str, ...]:
    """The ids of what the account's backends name."""
    return (named_value_id(names, named_value_name(account)),) if account.key_from else ()


def credentials_of(names: Names, account: Account) -> Json:
    """What the account's backends carry."""
    if not account.key_from:
        return {}
    key = f"{{{{{names.inside(named_value_name(account))}}}}}"
    return {
        "credentials": {
            "header": {"api-key": [key]},
            "authorization": {"scheme": _SCHEME, "parameter": key},
        }
    }


def account_keys(names: Names, keys: Mapping[str, str]) -> Iterator[Resource]:
    """The named values; a value that is not known is left as it is, and cannot be made."""
    value_at = frozenset({"properties.value"})
    for account in names.stack.accounts:
        if account.key_from:
            name = named_value_name(account)
            value = {"value": keys[account.name]} if account.name in keys else {}
            yield Resource(
                named_value_id(names, name),
                "Microsoft.ApiManagement/service/namedValues",
                {"properties": {"displayName": names.inside(name), "secret": True, **value}},
                f"key of account {account.name}",
                needs=frozenset({names.service_id}),
                create_only=frozenset() if value else value_at,
                secrets=value_at,
                given_by=account.key_from,
            )
