"""Which subscription a command means, read from where the Azure CLI keeps it. Standard library only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apimlb.errors import AuthError
from apimlb.stack.resources import Json

VARIABLE = "AZURE_SUBSCRIPTION_ID"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription, and its tenant where that is known."""

    id: str
    tenant_id: str = ""
    name: str = ""


def subscription(environ: Mapping[str, str], *, chosen: str = "", home: Path | None = None) -> Subscription:
    """The subscription `chosen` by id or name, else AZURE_SUBSCRIPTION_ID, else the default of `az`.

    `az` keeps its subscriptions in `azureProfile.json` under AZURE_CONFIG_DIR or `~/.azure`, with a byte
    order mark. Raises `AuthError` when there is none to use.
    """
    wanted = chosen or environ.get(VARIABLE, "")
    folder = Path(environ.get("AZURE_CONFIG_DIR") or (home or Path.home()) / ".azure")
    known = _profile(folder / "azureProfile.json")
    if wanted:
        named = (s for s in known if wanted.lower() in (s.id.lower(), s.name.lower()))
        return next(named, Subscription(wanted))
    return _default(known, folder)


def _default(known: dict[Subscription, bool], folder: Path) -> Subscription:
    if not known:
        raise AuthError(
            "Not logged in to Azure",
            where=str(folder),
            next_step="Run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and "
            f"{VARIABLE}; `--local` needs none.",
        )
    default = next((s for s, is_default in known.items() if is_default), None)
    if default is None:
        raise AuthError(
            "The Azure CLI has no default subscription",
            where=str(folder),
            next_step=f"Run `az account set --subscription`, or set {VARIABLE}.",
        )
    return default


def _profile(path: Path) -> dict[Subscription, bool]:
    """The subscriptions that `az` knows, each with whether it is the default."""
    try:
        profile: Json = json.loads(path.read_text(encoding="utf-8-sig"))
        entries = profile.get("subscriptions") or []
        return {
            Subscription(
                str(entry["id"]), str(entry.get("tenantId") or ""), str(entry.get("name") or "")
            ): bool(entry.get("isDefault"))
            for entry in entries
        }
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return {}
