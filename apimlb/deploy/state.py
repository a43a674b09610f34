"""What a stack's last run learned, in `.apimlb/<stack>/state.json`. Losing it loses nothing.

It can be told without asking Azure, and holds no secret:

    {"version": 1, "stack": "apimlb", "gateway_url": "https://apim-….azure-api.net",
     "endpoint": "https://management.azure.com", "subscription_id": "…", "resource_group": "rg-apimlb",
     "location": "eastus2", "service": "apim-…", "accounts": ["oai-…", …]}

Standard library only, so that reading it costs no start-up time.
"""

import json
import os
from pathlib import Path
from typing import Any, TextIO

from apimlb.files import make_folder

STATE = "state.json"
VERSION = 1


def read_state(folder: Path) -> dict[str, Any] | None:
    """What `state.json` in the folder holds; `None` when it is not there or is not whole."""
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and state.get("version") == VERSION else None


def write_state(folder: Path, state: dict[str, Any]) -> None:
    """Replace `state.json` in the folder, whole or not at all."""
    make_folder(folder)
    fresh = folder / f"{STATE}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"version": VERSION, **state}, file, indent=2)
        file.write("\n")
        write_through(file)
    os.replace(fresh, folder / STATE)


def forget_state(folder: Path) -> None:
    """Remove `state.json`: the stack is gone."""
    (folder / STATE).unlink(missing_ok=True)


def write_through(file: TextIO) -> None:
    file.flush()
    os.fsync(file.fileno())
