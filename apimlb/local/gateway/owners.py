"""Who stands behind a subscription: the users of a service, and their groups, as policies see them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from apimlb.http import last_segment
from apimlb.local.store import Document
from apimlb.policy.apim.context import User, UserGroup, UserIdentity

Kinds = Mapping[str, Sequence[Document]]
"""A service's documents by their kind below the service: `groups/users`."""


def read_users(kinds: Kinds) -> dict[str, User]:
    """The users by their lower-case name."""
    groups = read_groups(kinds)
    joined: dict[str, list[UserGroup]] = {}
    for link in kinds.get("groups/users", []):
        group, _, member = link.id.lower().rsplit("/", 3)[-3:]
        if group in groups:
            joined.setdefault(member, []).append(groups[group])
    users = {_name(document).lower(): document for document in kinds.get("users", [])}
    return {name: _user(document, tuple(joined.get(name, ()))) for name, document in users.items()}


def read_groups(kinds: Kinds) -> dict[str, UserGroup]:
    """The groups by their lower-case name."""
    found = [(_name(item), item.body.get("properties") or {}) for item in kinds.get("groups", [])]
    return {id.lower(): UserGroup(id, str(about.get("displayName") or id)) for id, about in found}


def date(written: str | None) -> float | None:
    """Epoch seconds of an ISO 8601 date, in UTC where it names no zone; None where there is none, or nothing
    that is one."""
    try:
        moment = datetime.fromisoformat(written or "")
    except (TypeError, ValueError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _user(document: Document, groups: tuple[UserGroup, ...]) -> User:
    about = document.body.get("properties") or {}
    return User(
        id=_name(document),
        email=about.get("email"),
        first_name=about.get("firstName"),
        last_name=about.get("lastName"),
        note=about.get("note"),
        registration_date=date(about.get("registrationDate")) or 0.0,
        groups=groups,
        identities=tuple(
            UserIdentity(str(each.get("id") or ""), str(each.get("provider") or ""))
            for each in about.get("identities") or []
        ),
    )


def _name(document: Document) -> str:
    return last_segment(document.id)
