"""The documents beside the repository that say what Azure accepts, answers, and was seen to answer.

They are found at `APIMLB_SHARED` or in the folder `shared` next to the repository. Where they are absent
the tests that need them are skipped; in CI they fail.
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
_NOWHERE = "no contract documents: set APIMLB_SHARED to the folder that has them"


def folder() -> Path:
    """Where the documents are; skips the calling test, or in CI fails it, when they are nowhere."""
    place = _place()
    if place is None:
        pytest.skip(_NOWHERE)
    return place


def _place() -> Path | None:
    """Where the documents are; in CI they must be somewhere."""
    place = Path(os.environ.get("APIMLB_SHARED") or ROOT.parent / "shared")
    if (place / "contract" / "validate.py").is_file():
        return place
    if os.environ.get("CI") == "true":
        pytest.fail(_NOWHERE)
    return None


def contract() -> Any:
    """The validator over all of the contract's documents."""
    return _contract(folder())


def contract_or_none() -> Any:
    """The validator for tests that have more to say than what it checks; None without the documents."""
    place = _place()
    return None if place is None else _contract(place)


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
