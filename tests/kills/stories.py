"""The commands to kill: what was there before, what the command is to do, and which one goes on after it.

Every kind of change of the file is one of them, and every other command that writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Run = tuple[str, tuple[str, ...]]
"""A file, and the arguments of a command that finds it."""

DEPLOY = ("deploy", "--local", "--yes")
PRUNE = (*DEPLOY, "--prune")
DESTROY = ("destroy", "--purge", "--local", "--yes")

_EAST = '[[accounts]]\nlocation = "eastus2"\n'
_WEST = '[[accounts]]\nlocation = "westus3"\n'
_CHAT = '[deployments.chat]\nmodel = "gpt-5.1"\nversion = "2025-11-13"\n'
_MORE = '[deployments.more]\nmodel = "gpt-5.1"\nversion = "2025-11-13"\n'
ONE = f'strategy = "backend-pool"\n{_EAST}{_CHAT}'
TWO = f'strategy = "backend-pool"\n{_EAST}{_WEST}{_CHAT}'
_RETRY = TWO.replace("backend-pool", "retry")


def _clients(count: int) -> str:
    ids = [f'"{number * 37 % 256:02x}000000-0000-4000-8000-{number:012d}"' for number in range(count)]
    return f"clients = [{', '.join(ids)}]\n"


@dataclass(frozen=True, slots=True)
class Story:
    """After the runs of the `past`, `command` finds `file` and is killed; then `after` are run, else the same
    again. `slow` is an Azure whose operations take their time."""

    file: str
    command: tuple[str, ...]
    past: tuple[Run, ...] = ((TWO, DEPLOY),)
    after: tuple[tuple[str, ...], ...] = ()
    slow: bool = False

    @property
    def destroys(self) -> bool:
        """Whether nothing is to be there in the end."""
        return self._last[0] == "destroy"

    @property
    def takes_away(self) -> bool:
        """Whether the same again may find that nothing is left to take away."""
        return self.destroys or self._last[:2] == ("clients", "remove")

    @property
    def _last(self) -> tuple[str, ...]:
        return (self.after or (self.command,))[-1]


STORIES: Mapping[str, Story] = {
    "first deploy": Story(TWO, DEPLOY, ()),
    "first deploy, slow": Story(ONE, DEPLOY, (), slow=True),
    "deploy of the retry strategy": Story(_RETRY, DEPLOY, ()),
    "account added": Story(TWO, DEPLOY, ((ONE, DEPLOY),)),
    "account added, slow": Story(TWO, DEPLOY, ((ONE, DEPLOY),), slow=True),
    "account removed": Story(ONE, PRUNE),
    "account moved": Story(
        TWO.replace('"westus3"', '"eastus2"\nname = "west"'),
        PRUNE,
        ((TWO.replace('"westus3"', '"westus3"\nname = "west"'), DEPLOY),),
    ),
    "deployment added": Story(TWO + _MORE, DEPLOY),
    "deployment removed": Story(TWO, PRUNE, ((TWO + _MORE, DEPLOY),)),
    "another way of billing": Story(TWO + 'sku = "DataZoneStandard"\n', DEPLOY),
    "model replaced": Story(
        TWO.replace("gpt-5.1", "text-embedding-3-small").replace("2025-11-13", "1"), PRUNE
    ),
    "capacity changed": Story(TWO + "capacity = 50\n", DEPLOY),
    "weights changed": Story(TWO.replace('"westus3"', '"westus3"\npriority = 2'), DEPLOY),
    "strategy changed": Story(_RETRY, DEPLOY),
    "strategy changed back": Story(TWO, DEPLOY, ((_RETRY, DEPLOY),)),
    "clients added": Story(_clients(3) + TWO, DEPLOY),
    "many clients added": Story(_clients(600) + TWO, DEPLOY),
    "many clients removed": Story(_clients(3) + TWO, DEPLOY, ((_clients(600) + TWO, DEPLOY),)),
    "web pages let in": Story('allowed_origins = ["https://app.example"]\n' + TWO, DEPLOY),
    "bare host given up": Story("bare_host = false\n" + TWO, DEPLOY),
    "tier changed": Story('tier = "StandardV2"\n' + TWO, DEPLOY),
    "family of tiers changed": Story('tier = "Developer"\n' + TWO, PRUNE),
    "set-capacity": Story(TWO, ("set-capacity", "50", "--local")),
    "set-capacity in the file": Story(
        TWO + "capacity = 40\n", ("set-capacity", "50", "--local"), ((TWO + "capacity = 40\n", DEPLOY),)
    ),
    "client added": Story(TWO, ("clients", "add", "00000000-0000-4000-8000-000000000001", "--local")),
    "client removed": Story(
        TWO,
        ("clients", "remove", "00000000-0000-4000-8000-000000000001", "--local"),
        (
            (_clients(0) + TWO, DEPLOY),
            (TWO, ("clients", "add", "00000000-0000-4000-8000-000000000001", "--local")),
        ),
    ),
    "account drained": Story(TWO, ("drain", "westus3", "--local")),
    "account taken in again": Story(
        TWO, ("undrain", "westus3", "--local"), ((TWO, DEPLOY), (TWO, ("drain", "westus3", "--local")))
    ),
    "key rotated": Story(TWO, ("keys", "rotate", "apimlb-default", "--local")),
    "destroy": Story(TWO, DESTROY),
    "destroy, slow": Story(ONE, DESTROY, ((ONE, DEPLOY),), slow=True),
    "destroy, then deploy": Story(TWO, DESTROY, after=((*DEPLOY, "--on-soft-deleted", "purge"),)),
    "destroy, then deploy of what is kept": Story(
        TWO, ("destroy", "--local", "--yes"), after=((*DEPLOY, "--on-soft-deleted", "restore"),)
    ),
    "deploy over what is kept": Story(
        TWO, (*DEPLOY, "--on-soft-deleted", "purge"), ((TWO, DEPLOY), (TWO, ("destroy", "--local", "--yes")))
    ),
    "deploy of what is kept": Story(
        TWO,
        (*DEPLOY, "--on-soft-deleted", "restore"),
        ((TWO, DEPLOY), (TWO, ("destroy", "--local", "--yes"))),
    ),
}
