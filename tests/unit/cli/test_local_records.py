"""`apimlb local records`: a record in one line."""

import pytest
import typer
from typer.exceptions import TyperException

from apimlb.cli.app import app
from apimlb.cli.local_records import described
from apimlb.cli.misuse import in_our_words


def test_a_record_says_who_would_have_told_whom_what() -> None:
    row = {"kind": "event", "element": "log-to-eventhub", "target": "hub", "values": {"message": "é"}}
    assert described(row) == 'event      log-to-eventhub would tell hub: {"message": "é"}'


def test_a_kind_that_there_is_not_is_told_before_anything_is_asked() -> None:
    with pytest.raises(TyperException) as caught:
        typer.main.get_command(app).main(["local", "records", "--kind", "metrc"], standalone_mode=False)
    assert in_our_words(caught.value).next_step.startswith("Did you mean metric? Choose one of ")
