import os
import subprocess
import sys

import pytest

from apimlb.cli.prose import UNREAD

PLAN = "from apimlb.cli.console import show_plan; from apimlb.stack.planner import Plan; "


@pytest.mark.parametrize("as_data", [True, False])
def test_a_plan_that_nobody_reads_on_ends_as_any_other_output(as_data: bool) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    work = f"{PLAN}show_plan(Plan(()), where='here', as_data={as_data})"
    try:
        done = subprocess.run([sys.executable, "-c", work], stdout=writer, stderr=writer, check=False)
    finally:
        os.close(writer)
    assert done.returncode == UNREAD


def test_names_are_whole_in_the_tree_of_a_usual_terminal() -> None:
    """What is being done is cut, not what it is done to."""
    title = "account oai-apimlb-swedencentral-55a5a3e2"
    work = (
        "from rich.console import Console; from apimlb.cli.board import Row; from apimlb.cli import console; "
        f"rows = [Row({title!r}, 11, 12, 754.0, '15 min', 'deployment x: ' + 'waiting ' * 9, 'running')]; "
        "console.console.width = 80; Console(width=80).print(console.tree(rows, 'total'))"
    )
    done = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert title in first
    assert "11/12 12:34 of 15 min" in first
    assert len(first) <= 80
    assert "total" in second
