"""`python -m apimlb.local.server`: the local Azure in the foreground."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from apimlb.errors import ApimlbError, from_system
from apimlb.local.answers import answered
from apimlb.local.lateness import LATE
from apimlb.local.openai.switches import CHARGES, Settings
from apimlb.local.process import complaint
from apimlb.local.server.loop import new_event_loop
from apimlb.local.server.runner import Options, run
from apimlb.local.world import WorldSettings


def main(arguments: Sequence[str]) -> int:
    """Run until stopped; a reason not to start goes to stderr: what, where, what next."""
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(run(options(arguments)))
    except ApimlbError as error:
        return _end(error)
    except OSError as error:
        refused = from_system(error)
        if refused is None:
            raise
        return _end(refused)
    return 0


def _end(error: ApimlbError) -> int:
    sys.stderr.write(complaint(error))
    return error.exit_code


def options(arguments: Sequence[str]) -> Options:
    """What the command line asks for; ends the process for what cannot be."""
    parser = argparse.ArgumentParser(prog="python -m apimlb.local.server", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps what is deployed")
    parser.add_argument("--gateway-port", type=int, default=4580, help="plain HTTP; 0 for any free port")
    parser.add_argument("--arm-port", type=int, default=4581, help="ARM and Entra, TLS; 0 for any free port")
    parser.add_argument("--seed", type=int, help="makes ids and answers repeatable")
    parser.add_argument("--late", action="store_true", help="what is written has its effect later")
    parser.add_argument("--adverse", action="store_true", help="the worse reading of what is not known")
    parser.add_argument(
        "--lro", choices=["at-once", "realistic"], default="at-once", help="how long work takes"
    )
    parser.add_argument("--time-scale", type=_positive, default=1.0, help="how many times faster than Azure")
    parser.add_argument("--gateways", type=int, default=1, choices=range(1, 33), metavar="1..32")
    parser.add_argument("--first-token-seconds", type=float, default=0.0, help="latency of every answer")
    parser.add_argument("--token-seconds", type=float, default=0.0, help="latency of each of its tokens")
    parser.add_argument("--charging", choices=CHARGES, help="how the accounts count tokens")
    parser.add_argument("--answers", type=Path, help="a file of what was found out about Azure")
    parser.add_argument(
        "--wire-log",
        type=Path,
        default=os.environ.get("APIMLB_WIRE_LOG") or None,
        help="append every exchange with ARM to this file, secrets left out; also APIMLB_WIRE_LOG",
    )
    given = parser.parse_args(arguments)
    answers = Settings(
        seed=given.seed or 0,
        first_token_seconds=given.first_token_seconds,
        token_seconds=given.token_seconds,
    )
    world = WorldSettings(
        lro=given.lro, time_scale=1 / given.time_scale, gateways=given.gateways, openai=answers
    )
    world = replace(world, lateness=LATE) if given.late else world
    world = world.adverse() if given.adverse else world
    world = answered(world, given.answers) if given.answers else world
    if given.charging:
        switches = replace(world.openai.switches, charging=CHARGES[given.charging])
        world = replace(world, openai=replace(world.openai, switches=switches))
    return Options(given.state, given.gateway_port, given.arm_port, given.seed, given.wire_log, world)


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
