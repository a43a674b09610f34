"""What a running local Azure says of itself, as a person reads it in 80 columns.

gateway  http://127.0.0.1:4580
ARM      https://127.0.0.1:4581
process  4711, state in .apimlb/local
clock    2026-11-29T18:20:00Z

account, deployment      TPM      used   calls  answered  throttled
oai-apimlb-eastus2-55a5a3e2
  chat                30,000    21,000      12        10          2

breakers and cool-downs
  eastus2-chat  left alone for 12 s more

faults on order
    1      0 ×  any *, always: status 503
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from apimlb.cli.hints import command
from apimlb.cli.local_control import described
from apimlb.http import last_segment

Row = Mapping[str, Any]

_COLUMNS = (("TPM", 10), ("used", 10), ("calls", 8), ("answered", 10), ("throttled", 11))
_UNTIL = slice(3, 5)
"""Which numbers of those that the `retry` strategy's policy keeps of an account say until when it is sent
nothing, in milliseconds since 1970, below 0 when it failed (templates/policy/retry.xml.j2)."""


def lines(found: Row, faults: Sequence[Row], where: str) -> Iterator[str]:
    """The lines; `found` is what `apimlb.local.process.status` gives, `faults` are those on order."""
    clock = found["clock"]
    yield f"gateway  {found['gateway_url']}"
    yield f"ARM      {found['arm_url']}"
    yield f"process  {found['pid']}, state in {where}"
    yield f"clock    {clock['now']}{', standing still' if clock['frozen'] else ''}"
    yield ""
    yield from _accounts(found["accounts"])
    yield ""
    resting = [*_breakers(found["breakers"]), *_cool_downs(found["cache"], clock["now"])]
    yield from _section("breakers and cool-downs", resting)
    ordered = [f"{fault['id']:>3}  {fault['happened']:>5} ×  {described(fault)}" for fault in faults]
    yield from _section("faults on order", ordered)


def _accounts(rows: Sequence[Row]) -> Iterator[str]:
    """A line for each account and one for each of its deployments."""
    if not rows:
        yield f"No account has a deployment. Next: {command('deploy --local')}"
        return
    width = max(20, *(len(row["deployment"]) + 2 for row in rows))
    yield f"{'account, deployment':<{width}}" + "".join(f"{name:>{size}}" for name, size in _COLUMNS)
    for account, deployments in groupby(rows, key=lambda row: row["name"]):
        yield str(account)
        for row in deployments:
            told = {"TPM": 1000 * row["capacity"], **row}
            cells = "".join(f"{told[name]:>{size},}" for name, size in _COLUMNS)
            yield f"  {row['deployment']:<{width - 2}}{cells}"


def _breakers(rows: Sequence[Row]) -> Iterator[str]:
    several = len({row["gateway"] for row in rows}) > 1
    for row in rows:
        name = last_segment(row["backend"])
        by = f", gateway {row['gateway']}" if several else ""
        rests = f"open {row['open_for']:.0f} s" if row["open_for"] > 0 else "closed"
        yield f"{name}{by}: breaker {rests}"


def _cool_downs(rows: Sequence[Row], now: str) -> Iterator[str]:
    at = datetime.fromisoformat(now[:26] + "+00:00").timestamp()
    for row in rows:
        if row["text"]:  # the policy's own; what others keep is not told
            # The other strategy keeps one number for a deployment: when somebody may come back.
            numbers = json.loads(row["text"])
            until = numbers[_UNTIL] if isinstance(numbers, list) else []
            left = max(map(abs, until), default=0) / 1000 - at
            if left > 0:
                deployment, *account = row["key"].split("/")[2:]
                yield f"{'/'.join([*account, deployment])}: cools down for {left:.0f} s more"


def _section(title: str, entries: Sequence[str]) -> Iterator[str]:
    yield title if entries else f"{title}: none"
    yield from (f"  {entry}" for entry in entries)
