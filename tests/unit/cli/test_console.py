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
