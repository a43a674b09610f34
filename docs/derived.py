"""What is made from the program: pages of commands, JSON documents and errors, the schema of apimlb.toml.

python docs/derived.py            writes them
python docs/derived.py --check    says which are not as the program has them
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from apimlb.cli.endings import Failure
from apimlb.cli.help_texts import kept
from apimlb.cli.schemas import DOCUMENTS, ERROR
from apimlb.deploy.refusals import MEANINGS
from apimlb.deploy.wording import WORDS
from apimlb.errors import ApimlbError
from apimlb.stack import config

FOLDER = Path(__file__).parent


def commands() -> str:
    """Every help text under its command's name."""
    parts = ["# Commands\n\nWhat `--help` prints, for every command.\n"]
    for words, text in sorted(kept().items()):
        parts.append(f"## {words}\n\n```\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


def output() -> str:
    """The schema of every command's document."""
    parts = [
        "# JSON\n\nWith `--output json` a command prints exactly one document on stdout. These are the "
        "schemas (JSON Schema 2020-12). Fields may be added; those that are here stay, with their types.\n",
        f"## An error\n\nWhat any command prints instead when it fails.\n\n{_shown(ERROR)}",
    ]
    parts += [f"## {words}\n\n{_shown(schema)}" for words, schema in sorted(DOCUMENTS.items())]
    return "\n".join(parts)


def _shown(schema: object) -> str:
    return f"```json\n{json.dumps(schema, indent=2)}\n```\n"


def file_schema() -> str:
    """What `apimlb config schema` prints, for editors."""
    return json.dumps(config.schema(), indent=2) + "\n"


def errors() -> str:
    """Every kind of error with its exit code, and Azure's codes in our words."""
    refused = sorted(WORDS.items())
    lines = [
        "# Errors",
        "",
        "An error has four parts: what happened (and where), why such a thing happens, the next command, and",
        "last what Azure itself said. Its kind decides the exit code.",
        "",
        "| kind | exit code | why |",
        "|---|---|---|",
        *(f"| {each.__name__} | {each.exit_code} | {each.usual_why} |" for each in _kinds(ApimlbError)),
        "",
        "Further exit codes: 0 done, 2 `plan --detailed-exitcode` found changes, 9 a load test came to what",
        "`--fail-if` names, 141 nobody reads on.",
        "",
        "## What Azure refuses",
        "",
        "| code | what happened | why | next |",
        "|---|---|---|---|",
        *(f"| {code} | {said.what} | {said.why} | {MEANINGS[code].next_step} |" for code, said in refused),
    ]
    return "\n".join(lines) + "\n"


def _kinds(above: type[ApimlbError]) -> Iterator[type[ApimlbError]]:
    public = above is Failure or above.__module__ == "apimlb.errors"
    if public:
        yield above
    for each in above.__subclasses__():
        yield from _kinds(each)


def licences() -> str:
    """What is installed with apimlb and with its extras, and under which licence; of the machine that this
    runs on."""
    base = _installed_with(_required("apimlb"))
    lines = [
        "# Licences",
        "",
        "apimlb is under the MIT licence. What is installed with it:",
        "",
        *_table(base),
    ]
    for extra in sorted(set(metadata.metadata("apimlb").get_all("Provides-Extra") or ()) - _FOR_DEVELOPERS):
        lines += ["", f"And with `apimlb[{extra}]`:", ""]
        lines += _table(_installed_with(_required("apimlb", extra)) - base)
    return "\n".join(lines) + "\n"


def _table(names: Iterable[str]) -> list[str]:
    return [
        "| package | licence |",
        "|---|---|",
        *(f"| {name} | {_licence(name)} |" for name in sorted(names)),
    ]


def _installed_with(names: Iterable[str]) -> frozenset[str]:
    """The packages and all that they need, as far as it is installed."""
    found, waiting = set(), [*names]
    while waiting:
        name = waiting.pop()
        if name not in found and _is_installed(name):
            found.add(name)
            waiting += _required(name)
    return frozenset(found)


def _required(name: str, extra: str = "") -> Iterator[str]:
    """What the package requires of itself, or for the extra alone."""
    for requirement in metadata.requires(name) or ():
        wanted = re.search(r"""extra == ['"]([^'"]+)""", requirement)
        if (wanted[1] if wanted else "") == extra:
            yield re.split(r"[\s;<>=!~\[(]", requirement)[0].lower()


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _licence(name: str) -> str:
    told = metadata.metadata(name)
    classified = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if "License ::" in each
    ]
    stated = (
        told.get("License-Expression") or ", ".join(classified) or told.get("License") or "see the package"
    )
    return stated.splitlines()[0]


_FOR_DEVELOPERS = frozenset({"dev", "docs"})
"""Extras that no user installs."""


DERIVED = {
    "commands.md": commands,
    "output.md": output,
    "errors.md": errors,
    "licences.md": licences,
    "apimlb.schema.json": file_schema,
}


def main() -> None:
    stale = []
    for name, made in DERIVED.items():
        file = FOLDER / name
        text = made()
        if name == "licences.md" and "--check" in sys.argv:
            continue  # it depends on what is installed here
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                file.write_text(text, encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(f"{', '.join(stale)}: not as the program has them; run make texts")


if __name__ == "__main__":
    main()
