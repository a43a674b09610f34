"""An API out of an OpenAPI or Swagger document, as API Management imports one.

Microsoft Learn, Import an OpenAPI specification: title, description and the first server's address become the
API's, each path and method an operation; what the request says of the API itself goes before the document.
"""

import json
import re
from collections.abc import Iterator

from apimlb.local.arm.errors import ArmError, validation_error
from apimlb.local.store import Json
from apimlb.numerals import is_digits

_READ = ("openapi+json", "swagger-json")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def imported(sent: Json) -> tuple[Json, tuple[tuple[str, Json], ...]]:
    """The API's properties, and each operation's name and properties; raises `ArmError` for another format,
    which says which, and for a text that is no such document."""
    format = str(sent.get("format") or "").lower()
    if format not in _READ:
        text = f"The local Azure does not import APIs of format '{format}', only of {' and '.join(_READ)}."
        raise ArmError(501, "NotImplemented", text)
    document = _document(str(sent.get("value") or ""))
    about = document.get("info") or {}
    told = {
        "displayName": about.get("title"),
        "description": about.get("description"),
        "serviceUrl": _address(document),
    }
    kept = {name: value for name, value in sent.items() if name not in ("format", "value")}
    return {**{name: value for name, value in told.items() if value}, **kept}, tuple(_operations(document))


def _document(text: str) -> Json:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise validation_error(("value", f"Parsing error(s): {error}")) from None
    if not isinstance(found, dict) or not isinstance(found.get("paths"), dict):
        raise validation_error(("value", "Parsing error(s): the document has no 'paths'."))
    return found


def _address(document: Json) -> str:
    servers = document.get("servers") or [{}]
    if document.get("host"):
        scheme = (document.get("schemes") or ["https"])[0]
        return f"{scheme}://{document['host']}{document.get('basePath') or ''}".rstrip("/")
    address = str(servers[0].get("url") or "")
    return address.rstrip("/") if address.startswith(("http://", "https://")) else ""


def _operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, said in (methods if isinstance(methods, dict) else {}).items():
            if method.lower() in _METHODS and isinstance(said, dict):
                name = str(said.get("operationId") or f"{method} {path}")
                yield re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-")[:80], _operation(path, method, said)


def _operation(path: str, method: str, said: Json) -> Json:
    named = re.findall(r"{([^}]+)}", path)
    return {
        "displayName": said.get("summary") or said.get("operationId") or f"{method.upper()} {path}",
        "method": method.upper(),
        "urlTemplate": path,
        "templateParameters": [{"name": name, "type": "string", "required": True} for name in named],
        "description": said.get("description"),
        "request": None,
        "responses": [
            {"statusCode": int(status), "description": (each or {}).get("description")}
            for status, each in (said.get("responses") or {}).items()
            if is_digits(str(status))
        ],
        "policies": None,
    }
