"""The documents beside the repository that say what Azure accepts, answers, and was seen to answer.

They are found at `APIMLB_SHARED` or in the folder `shared` next to the repository. `make test-shared` runs
the tests that need them, and fails where they are absent; `make test` runs without them.
"""

import importlib.util
import json
import os
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@cache
def folder() -> Path:
    """Where the documents are, for the whole run: a test may change environment and folder. Raises
    `pytest.UsageError` when they are nowhere."""
    place = Path(os.environ.get("APIMLB_SHARED") or ROOT.parent / "shared").resolve()
    if not (place / "contract" / "validate.py").is_file():
        raise pytest.UsageError(f"no contract in {place}: set APIMLB_SHARED to the folder that has it")
    return place


def contract() -> Any:
    """The validator over all of the contract's documents."""
    return _contract(folder())


@cache
def _contract(place: Path) -> Any:
    module = _module(place / "contract" / "validate.py")

    class Contract(module.Contract):  # type: ignore[name-defined,misc]
        """Says of a null or an object what is wrong inside it, not that neither alternative fits; makes each
        schema once."""

        def schema(self, doc: Any, node: Any, **how: bool) -> Any:
            made: dict[Any, Any] = self.__dict__.setdefault("_made", {})
            key = (id(node), *sorted(how.items()))
            if key not in made:
                made[key] = super().schema(doc, node, **how)
            return made[key]

        def _errs(self, schema: Any, body: Any) -> list[str]:
            validator = module.Draft4Validator(schema, format_checker=module.FC)
            leaves = [leaf for error in validator.iter_errors(body) for leaf in _leaves(error)]
            return [f"{'/'.join(map(str, leaf.absolute_path))}: {leaf.message[:200]}" for leaf in leaves]

    with warnings.catch_warnings():
        # It leaves the files that it reads for the collector to close.
        warnings.simplefilter("ignore", ResourceWarning)
        return Contract()


def _leaves(error: Any) -> list[Any]:
    """The errors at the bottom, without those of the alternative "null"."""
    if not error.context:
        return [error]
    found = [leaf for inner in error.context for leaf in _leaves(inner)]
    return [leaf for leaf in found if leaf.validator_value != "null"] or found


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("contract_validate", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def recorded(name: str, number: int | str) -> dict[str, Any]:
    """One exchange of a recording, by its number."""
    document = json.loads((folder() / "recordings" / f"{name}.json").read_text())
    exchanges: list[dict[str, Any]] = document["exchanges"]
    return next(item for item in exchanges if item["n"] == number)
