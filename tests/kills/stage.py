"""Plays a story in a folder of its own, with a local Azure behind ports, and kills the command in it.

A command is killed at one of its writes to Resource Manager, before or after Azure has done it, so that the
same number means the same point however busy the machine is.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apimlb.http import Request, Response
from apimlb.stack.config import load, parse
from tests.functional.deploy.local_azure import READS
from tests.integration.command_line import MESSAGES, free_port, post
from tests.integration.here import Ran, run_here
from tests.integration.watched import WatchedAzure
from tests.kills.stories import DESTROY, Story
from tests.patience import PATIENCE

Manage = Callable[[Request], Awaitable[Response]]
PLAN = ("plan", "--local", "--detailed-exitcode")
_NOTHING_THERE = 6
_PACE = 0.005
"""Of the time that operations take in Azure, in a slow story."""


@dataclass(frozen=True, slots=True)
class Blow:
    """Kills at the write of that number, from 1; `done` says whether Azure has done the write by then."""

    write: int
    done: bool

    def __str__(self) -> str:
        return f"{'after' if self.done else 'before'} write {self.write}"


class Executioner:
    """Stands before ARM, counts writes, and deals a blow to the process `victim`."""

    def __init__(self, manage: Manage, blow: Blow | None = None) -> None:
        self.manage = manage
        self.blow = blow
        self.victim = 0
        self.writes: list[str] = []

    async def __call__(self, request: Request) -> Response:
        if not _changes(request):
            return await self.manage(request)
        self.writes.append(f"{request.method} {request.path.rpartition('/providers/')[2]}")
        meant = self.blow is not None and len(self.writes) == self.blow.write
        if not meant or self.blow is None:
            return await self.manage(request)
        if not self.blow.done:
            os.kill(self.victim, signal.SIGKILL)
            raise ConnectionResetError("its caller was killed")
        answered = await self.manage(request)
        os.kill(self.victim, signal.SIGKILL)
        return answered


def _changes(request: Request) -> bool:
    return request.method not in ("GET", "HEAD") and not request.path.lower().endswith(READS)


class Stage:
    """One story: its past is made once, and every trial begins with a copy of it."""

    def __init__(self, story: Story, folder: Path) -> None:
        self.story = story
        self.folder = folder
        self.ports = (free_port(), free_port())
        self.begin = folder / "begin"
        self.begin.mkdir(parents=True)
        with self._azure(self.begin) as azure:
            self.nothing = azure.ids()
            for file, command in story.past:
                self._ok(self.begin, file, command)
        self.writes: list[str] = []
        self.reference = self._reference()

    def problems(self, blow: Blow) -> Iterator[str]:
        """Kill the command, run what comes after it, and say all that is not as if nobody had been killed."""
        folder = self._copied(str(blow).replace(" ", "-"))
        with self._azure(folder) as azure:
            self._killed(azure, folder, blow)
            yield from self._converged(azure, folder)
        shutil.rmtree(folder)

    def _reference(self) -> set[str]:
        folder = self._copied("whole")
        with self._azure(folder) as azure:
            azure.manage = counter = Executioner(azure.manage)
            self._ok(folder, self.story.file, self.story.command)
            azure.manage, self.writes = counter.manage, counter.writes
            for command in self.story.after:
                self._ok(folder, self.story.file, command)
            return _known(azure)

    def _killed(self, azure: WatchedAzure, folder: Path, blow: Blow) -> None:
        (folder / "apimlb.toml").write_text(self.story.file)
        azure.manage = executioner = Executioner(azure.manage, blow)
        command = [sys.executable, "-m", "apimlb", *self.story.command]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        with (folder / "said.txt").open("w") as said:
            victim = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            executioner.victim = victim.pid
            code = victim.wait(PATIENCE)
        azure.manage = executioner.manage
        # A write less than counted may do where another thread was there first.
        assert code == -signal.SIGKILL or len(executioner.writes) < blow.write, (
            folder / "said.txt"
        ).read_text()

    def _converged(self, azure: WatchedAzure, folder: Path) -> Iterator[str]:
        for command in self.story.after or (self.story.command,):
            ran = run_here(folder, *command)
            if ran.code and not (self.story.takes_away and ran.code == _NOTHING_THERE):
                yield f"{' '.join(command)} ended with {ran.code}: {ran.err[-6000:]}"
                return
        if not self.story.destroys:
            planned = run_here(folder, *PLAN)
            if planned.code:
                yield f"a plan is not empty ({planned.code}): {planned.out[-6000:]}{planned.err[-500:]}"
            yield from self._silent(folder)
        found = _known(azure)
        for what, ids in (
            ("missing", self.reference - found),
            ("too much", found - self.reference),
        ):
            if ids:
                yield f"{what}: {', '.join(sorted(ids))}"
        if not self.story.destroys:
            ran = run_here(folder, *DESTROY)
            if ran.code:
                yield f"destroy ended with {ran.code}: {ran.err[-6000:]}"
        left = {*azure.ids()} - {*self.nothing}
        if left:
            yield f"left after destroy --purge: {', '.join(sorted(left))}"

    def _silent(self, folder: Path) -> Iterator[str]:
        """The deployments that do not answer."""
        told = run_here(folder, "env", "--local", "--format", "json")
        url, key = _endpoint(told.out)
        for name, deployment in parse(load(folder / "apimlb.toml")).deployments.items():
            embeds = "embedding" in deployment.model
            path, body = (
                ("embeddings", {"input": "x"}) if embeds else ("chat/completions", {"messages": MESSAGES})
            )
            answer = post(f"{url}/openai/deployments/{name}/{path}?api-version=2024-10-21", body, api_key=key)
            if answer.status != 200:
                yield f"{name} answers {answer.status}: {answer.body.decode()[:300]}"

    def _copied(self, name: str) -> Path:
        folder = self.folder / name
        shutil.copytree(self.begin, folder)
        return folder

    def _ok(self, folder: Path, file: str, command: tuple[str, ...]) -> Ran:
        (folder / "apimlb.toml").write_text(file)
        ran = run_here(folder, *command)
        assert ran.code == 0, f"{command}: {ran.err}"
        return ran

    @contextmanager
    def _azure(self, folder: Path) -> Iterator[WatchedAzure]:
        slow = {"lro": "realistic", "time_scale": _PACE} if self.story.slow else {}
        azure = WatchedAzure(folder / ".apimlb" / "local", self.ports, **slow)
        try:
            yield azure
        finally:
            azure.close()


def _known(azure: WatchedAzure) -> set[str]:
    """The ids of all that there is, those of an API's revisions as the API's, without its releases."""
    ids = {re.sub(r";rev=\d+", "", id) for id in azure.ids()}
    return {id for id in ids if not re.search(r"/releases(/|$)|/operationresults/|/operationstatuses/", id)}


def _endpoint(printed: str) -> tuple[str, str]:
    told = json.loads(printed)
    return str(told["AZURE_OPENAI_ENDPOINT"]).rstrip("/"), str(told["AZURE_OPENAI_API_KEY"])
