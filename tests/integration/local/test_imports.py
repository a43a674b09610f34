"""What a process imports is what its start costs."""

import subprocess
import sys

import pytest

HEAVY = {"azure", "jinja2", "openai", "pydantic", "requests", "rich", "typer"}


def imported_by(module):
    code = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["apimlb.local.server.__main__", "apimlb.local.process"])
def test_no_client_library_is_needed(module):
    assert imported_by(module) & HEAVY == set()


def test_asking_whether_it_runs_needs_the_standard_library_only():
    third_party = imported_by("apimlb.local.process") - set(sys.stdlib_module_names) - {"apimlb", "__main__"}
    assert not third_party & {"cryptography", "jwt", "httptools", "click"}
