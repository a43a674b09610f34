"""`apimlb local records`: a record in one line."""

from apimlb.cli.local_records import described


def test_a_record_says_who_would_have_told_whom_what() -> None:
    row = {"kind": "event", "element": "log-to-eventhub", "target": "hub", "values": {"message": "é"}}
    assert described(row) == 'event      log-to-eventhub would tell hub: {"message": "é"}'
