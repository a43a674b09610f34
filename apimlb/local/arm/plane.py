"""Azure Resource Manager, answering: who calls, what is meant, whether it is allowed, what comes of it."""

import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import quote, unquote

from apimlb.clock import Clock
from apimlb.http import Headers, Request, Response
from apimlb.local.arm import retention, roles, subscriptions
from apimlb.local.arm.api_versions import require_version
from apimlb.local.arm.apim import services
from apimlb.local.arm.call import Announce, Azure, Call, PolicyCheck, Reply
from apimlb.local.arm.endpoints import PATH, endpoints
from apimlb.local.arm.errors import GATEWAY, ArmError
from apimlb.local.arm.governance import require_allowed
from apimlb.local.arm.locks import refuse_locked
from apimlb.local.arm.operations import Garbled, Operations, Outcome
from apimlb.local.arm.policy_check import check_policy as compile_policy
from apimlb.local.arm.routes import Match, Routes
from apimlb.local.arm.settings import ArmSettings, Caller
from apimlb.local.arm.table import EFFECTS, ROUTES
from apimlb.local.arm.throttle import Throttle
from apimlb.local.arm.wire import JSON, refusal, response
from apimlb.local.store import Documents, Store, kind_of

_PLAIN = "".join(map(chr, range(32, 127))).replace("/", "").replace("%", "")
_VERSION = re.compile(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9](-\w+)?")
# Compiled once: the table is the same for every plane in the process.
_ROUTES = Routes(ROUTES)


class ArmPlane:
    """Answers ARM requests out of `store`.

    `verify` reads the request's token and raises an `ArmError` (see `errors.invalid_token`) when it is not
    good. `check_policy` raises `PolicyError` for a document that API Management would refuse. `announce`
    hears of every new managed identity: principal id, client id, name. `reads` is what a GET sees of the
    store, which may lag behind it. `destiny` says how the operation that a request starts will end.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rng: random.Random,
        *,
        verify: Callable[[Request], Caller],
        settings: ArmSettings,
        check_policy: PolicyCheck = compile_policy,
        announce: Announce = lambda principal_id, client_id, name: None,
        reads: Documents | None = None,
        destiny: Callable[[Request], Outcome | None] = lambda request: None,
    ) -> None:
        operations = Operations(store, clock, EFFECTS)
        self._azure = Azure(store, clock, rng, settings, operations, check_policy, announce)
        self._reading = replace(self._azure, store=reads or store)
        self._destiny = destiny
        self._verify = verify
        self._busy: set[str] = set()
        self._throttle = Throttle()
        with store.transaction():
            subscriptions.seed(self._azure)
            services.relocate(self._azure)

    def ripen(self) -> None:
        """End the long-running operations and retention periods that the clock has brought to their end."""
        with self._azure.store.transaction():
            retention.expire(self._azure)
            self._azure.operations.ripen(self._azure)

    async def send(self, request: Request) -> Response:
        try:
            reply = await self._answer(request)
        except ArmError as error:
            return refusal(self._azure, request, error)
        except Garbled:
            return Response(200, Headers([("Content-Type", JSON)]), b'{"status": "Succ')
        return response(self._azure, request, reply)

    async def _answer(self, request: Request) -> Reply:
        if request.path.rstrip("/").lower() == PATH:
            return endpoints(request)
        caller = self._verify(request)
        self.ripen()
        query = {name.lower(): value for name, value in request.query.items()}
        match = _ROUTES.find(request.method, _decoded(request.path), query.get("api-version", ""))
        call = Call(self._azure, request, caller, match.id, match.names, query)
        self._admit(call, match)
        if _looks(request.method, match.id):
            call.azure = self._reading
        operations = self._azure.operations.under(lambda: self._destiny(request))
        call.azure = replace(call.azure, operations=operations)
        async with self._alone(call, match):
            with self._azure.store.transaction():
                reply = match.route.handler(call)
                if request.method == "HEAD" and match.route.method == "GET" and reply.status == 200:
                    reply = Reply(204)  # that a resource is there, as azure-mgmt-resource takes it
                self._azure.operations.ripen(self._azure)
        return reply

    def _admit(self, call: Call, match: Match) -> None:
        """Raise what the front end refuses: no api-version, no such subscription, too many requests, no role,
        no provider, a lock."""
        if not call.api_version:
            text = "The api-version query parameter (?api-version=) is required for all requests."
            raise ArmError(400, "MissingApiVersionParameter", text, headers=GATEWAY)
        if not _VERSION.fullmatch(call.api_version):
            text = f"The api-version '{call.api_version}' is invalid: it must be a date, like '2024-05-01'."
            raise ArmError(400, "InvalidApiVersionParameter", text, headers=GATEWAY)
        subscriptions.require_subscription(call)
        require_version(call)
        self._throttle.admit(call)
        if match.route.checked and self._azure.settings.check_roles:
            roles.require(call.store, call.caller, match.route.action, call.id)
        if call.request.method in ("PUT", "PATCH"):
            subscriptions.require_registration(call)
        refuse_locked(call)
        require_allowed(call)

    @asynccontextmanager
    async def _alone(self, call: Call, match: Match) -> AsyncIterator[None]:
        """Hold the route's exclusion for as long as Azure would; raises when somebody else holds it."""
        if match.route.exclusive is None:
            yield
            return
        wanted = match.route.exclusive(call)
        key = wanted.key.lower()
        if key in self._busy or self._azure.operations.pending(wanted.key):
            raise wanted.refusal()
        self._busy.add(key)
        try:
            seconds = self._azure.settings.seconds(wanted.seconds)
            if seconds:
                await self._azure.clock.sleep(seconds)
            yield
        finally:
            self._busy.discard(key)


_POLLED = frozenset({"operationresults", "operationsstatuses", "operationstatuses"})


def _looks(method: str, id: str) -> bool:
    """Whether the request sees what a GET sees: a purge does too, since it finds what the list has. How an
    operation has ended is told by itself, as it is."""
    of_operation = id.lower().split("/")[-2] in _POLLED
    return (method in ("GET", "HEAD") and not of_operation) or (method == "DELETE" and _purges(id))


def _purges(id: str) -> bool:
    return "/providers/" in id and kind_of(id) in retention.KINDS


def _decoded(path: str) -> str:
    """The path with its names as they are: Microsoft's SDKs send `openai;rev=2` as `openai%3Brev%3D2`. A
    slash in a name stays encoded, so that it parts nothing; two in a row part as one does, since a generic
    call has them where a type has no parent."""
    parts = [part for part in path.split("/") if part]
    return "/" + "/".join(quote(unquote(part), safe=_PLAIN) if "%" in part else part for part in parts)
