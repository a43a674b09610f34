"""What regions offer, as they listed it within the last day: no list here is longer, and few change less.

Kept in `.apimlb/<stack>/models/`, a file a region; losing them loses nothing:

    {"at": seconds since the epoch, "subscription": id, "models": [rows of the listing]}
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from apimlb.clock import Clock
from apimlb.deploy.catalogue import KIND
from apimlb.deploy.cloud import Cloud
from apimlb.files import make_folder, replace_file
from apimlb.stack.resources import Json

LASTS = 86_400.0
"""Seconds for which a list is believed."""


@dataclass(frozen=True, slots=True)
class Models:
    """Lists the models of one subscription's regions, and keeps the lists in a folder."""

    cloud: Cloud
    clock: Clock
    folder: Path
    subscription: str

    def fresh(self, location: str) -> list[Json]:
        """What the region offers now; raises what the cloud raises."""
        rows = [row for row in self.cloud.models(location) if row.get("kind") == KIND]
        self._keep(location, rows)
        return rows

    def kept(self, location: str) -> list[Json]:
        """What the region offered within the last day, or offers now; raises what the cloud raises."""
        try:
            found = json.loads(self._file(location).read_text(encoding="utf-8"))
            age = self.clock.now() - float(found["at"])
            if found["subscription"] == self.subscription and 0 <= age < LASTS:
                rows: list[Json] = found["models"]
                return rows
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return self.fresh(location)

    def _file(self, location: str) -> Path:
        return self.folder / f"{location}.json"

    def _keep(self, location: str, rows: list[Json]) -> None:
        """A folder that cannot be written to is no reason to fail."""
        made = {"at": self.clock.now(), "subscription": self.subscription, "models": rows}
        with suppress(OSError):
            make_folder(self.folder)
            replace_file(self._file(location), json.dumps(made).encode())
