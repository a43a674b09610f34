"""One request to Azure Resource Manager on its way to a handler, and what the handler answers."""

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlsplit

from apimlb.clock import Clock, isoformat
from apimlb.http import Request, last_segment
from apimlb.local.arm.errors import ArmError, invalid_content
from apimlb.local.arm.operations import Operations
from apimlb.local.arm.settings import ArmSettings, Caller
from apimlb.local.store import Document, Documents, Json, kind_of

PolicyCheck = Callable[["PolicySource"], None]
Announce = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy document that somebody wants to store, with all that it may refer to.

    `format` is "xml" or "rawxml", `scope` "global", "product", "api", "operation" or "fragment";
    `named_values` by display name, `fragments` by id as raw XML.
    """

    text: str
    format: str
    scope: str
    named_values: Mapping[str, str]
    fragments: Mapping[str, str]


@dataclass(slots=True)
class Azure:
    """What every handler works with."""

    store: Documents
    clock: Clock
    rng: random.Random
    settings: ArmSettings
    operations: Operations
    check_policy: PolicyCheck
    announce: Announce

    def born(self, principal_id: str, client_id: str, name: str) -> None:
        """Make a managed identity known, and remember since when."""
        self.store.put(
            Document(principal_path(principal_id), "apimlb/principals", {}, {"at": self.clock.now()})
        )
        self.announce(principal_id, client_id, name)

    def replicated(self, principal_id: str) -> bool:
        """Whether the directory knows a managed identity by now."""
        found = self.store.get(principal_path(principal_id))
        seconds = self.settings.seconds(self.settings.replication_seconds)
        return found is None or self.clock.now() >= float(found.hidden["at"]) + seconds

    def guid(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def hex(self, digits: int) -> str:
        return f"{self.rng.getrandbits(4 * digits):0{digits}x}"

    def time(self) -> str:
        """Now, as Azure writes it."""
        return isoformat(self.clock.now())


@dataclass(slots=True)
class Call:
    """A request that has found its handler. `id` is the resource that the path names, in Azure's spelling;
    `names` are the path's variable parts as sent."""

    azure: Azure
    request: Request
    caller: Caller
    id: str
    names: dict[str, str]
    query: dict[str, str]

    @property
    def store(self) -> Documents:
        return self.azure.store

    @property
    def api_version(self) -> str:
        return self.query.get("api-version", "")

    @property
    def name(self) -> str:
        return last_segment(self.id)

    @property
    def base_url(self) -> str:
        """Scheme and host that the request came to, for the URLs in the answer's headers."""
        parts = urlsplit(self.request.url)
        return f"{parts.scheme}://{parts.netloc}"

    def url(self, path: str, **query: str) -> str:
        """An absolute URL at this ARM with this request's api-version."""
        pairs = {"api-version": self.api_version, **query}
        text = "&".join(f"{name}={quote(value)}" for name, value in pairs.items())
        return f"{self.base_url}{path}?{text}"

    def body(self) -> Json:
        """The request's JSON object; raises `ArmError` when it is none."""
        try:
            value = json.loads(self.request.body)
            if b"\\u" in self.request.body:
                # Half a character can be escaped, but neither kept nor shown.
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise invalid_content(
                "The request content was invalid and could not be deserialized: a JSON object is required."
            )
        return value

    def properties(self) -> Json:
        """The body's `properties`, empty when there are none; raises `ArmError` when they are no object."""
        return section(self.body(), "properties")

    def subject(self) -> "Call":
        """The call as if made on the resource that an action's path stands below."""
        return replace(self, id=self.id.rpartition("/")[0])

    def document(self) -> Document | None:
        return self.store.get(self.id)

    def stored(self, body: Json, hidden: Json, etag: str = "") -> Document:
        """Write the resource of this call and return what was written."""
        existing = self.document()
        id = existing.id if existing else self.id
        document = Document(id, kind_of(id), body, hidden, etag)
        self.store.put(document)
        return document

    def system_data(self, created: Json | None = None) -> Json:
        """`created` is the systemData of the resource as it was, whose first three fields stay."""
        now = self.azure.time()
        who = {"createdBy": self.caller.name, "createdByType": self.caller.kind, "createdAt": now}
        if created:
            who = {key: created[key] for key in who}
        return {
            **who,
            "lastModifiedBy": self.caller.name,
            "lastModifiedByType": self.caller.kind,
            "lastModifiedAt": now,
        }


@dataclass(slots=True)
class Reply:
    """What a handler answers: `body` None for none; `etag` goes into the header, in quotes.

    `indented` is the form in which API Management's older types write JSON: two spaces and CRLF
    (recorded: apim_aso_backend 12).
    """

    status: int
    body: Json | list[Json] | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    etag: str = ""
    indented: bool = False


def principal_path(principal_id: str) -> str:
    return f"/apimlb/principals/{principal_id}"


Handler = Callable[[Call], Reply]


def section(body: Json, name: str) -> Json:
    """The object under `name`, empty when absent or null; raises `ArmError` when it is something else."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid_content(f"The request content was invalid: '{name}' must be a JSON object.")
    return value


def objects(body: Json, name: str) -> list[Json]:
    """The list of objects under `name`, empty when absent or null; raises `ArmError` for anything else."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid_content(f"The request content was invalid: '{name}' must be an array of JSON objects.")
    return value


def merged(old: Json, new: Json) -> Json:
    """JSON merge patch (RFC 7396): objects merge, null removes, everything else replaces."""
    result = dict(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


def check_match(call: Call, existing: Document | None, stale: Callable[[], ArmError]) -> None:
    """Refuse with `stale()` when If-Match or If-None-Match does not fit what is stored."""
    wanted, unwanted = call.request.headers.get("If-Match"), call.request.headers.get("If-None-Match")
    if wanted and wanted != "*" and (existing is None or wanted.strip('"') != existing.etag):
        raise stale()
    if unwanted and existing is not None and unwanted.strip('"') in ("*", existing.etag):
        raise stale()
