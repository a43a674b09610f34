"""System.Uri: absolute URIs by what .NET knows of their schemes, and relative ones as they are written.

Source: dotnet/runtime 3.1, System.Private.Uri, confirmed by running it. A path that begins with a slash is
relative, as it is on Windows, where API Management runs; .NET on Linux takes it for a file.
"""

import re
from contextlib import suppress
from typing import NamedTuple

from apimlb.policy.clr.budget import BUDGET
from apimlb.policy.clr.exceptions import ClrException, required
from apimlb.policy.clr.web.escapes import decoded, escaped, shown, unescaped
from apimlb.policy.clr.web.hosts import address_text, read_four, read_six

ABSOLUTE, RELATIVE = 1, 2
"""Of UriKind, where 0 is either."""


class Scheme(NamedTuple):
    """How the URIs of a scheme are read.

    port       the default one, -1 where there is none
    authority  "must" stand after two slashes, may ("may"), or never does ("none")
    query      whether a question mark begins one
    paths      whether `\\` counts as `/` in a path, and `.` and `..` are followed
    empty      whether the host may be empty
    slashes    whether escaped slashes in a path are slashes
    """

    port: int = -1
    authority: str = "may"
    query: bool = True
    paths: bool = True
    empty: bool = True
    slashes: bool = False


_WEB = Scheme(80, "must", empty=False)
SCHEMES = {
    "http": _WEB, "https": _WEB._replace(port=443), "ws": _WEB, "wss": _WEB._replace(port=443),
    "ftp": Scheme(21, "must", query=False, empty=False), "file": Scheme(-1, "must", slashes=True),
    "gopher": Scheme(70, "must", query=False, paths=False, empty=False),
    "nntp": Scheme(119, "must", query=False, empty=False),
    "net.tcp": Scheme(808, "must", empty=False, slashes=True),
    "net.pipe": Scheme(-1, "must", empty=False, slashes=True),
    "telnet": Scheme(23, "must", query=False, paths=False, empty=False),
    "ldap": Scheme(389, "must", paths=False),
    "mailto": Scheme(25, "none", paths=False), "news": Scheme(-1, "none", query=False, paths=False),
    "uuid": Scheme(-1, "none", query=False, paths=False),
}  # fmt: skip
_UNKNOWN = Scheme()
BLANKS = " \t\n\r"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_DRIVE = re.compile(r"[A-Za-z][:|][\\/]")
_FILE = re.compile(r"([\\/]*)(?:([A-Za-z])[:|])?")
_KEPT = re.compile(
    r"(%(?:2[02DdEe]|3[0-9CcEe]|4[1-9A-Fa-f]|5[0-9AaEeFf]|6[0-9A-Fa-f]|7[0-9A-Ea-e])"
    r"|%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f])+)|%"
)
"""Escapes that a path of Windows keeps; every other percent sign is one."""
_BRACKETS = re.compile(r"((?:[^@]*@)?\[[^\]]*\])(?!:)(.+)", re.DOTALL)
"""An address in brackets, and what wrongly follows it and counts as a path."""
_LABEL = re.compile(r"[^\x00-,./:-@\[-^`{-\x7f]+\Z")
"""Of a host: all but the signs of ASCII. Characters of other scripts are looked at no closer."""
_UNESCAPED = re.compile(
    r"[^\x00-\x7f]|%[89A-Fa-f][0-9A-Fa-f]|%(?:2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])"
)
"""What makes .NET show a relative URI without its escapes: characters beyond ASCII, and escapes of them or of
characters that need no escape."""

_READ = 20
"""Steps of reading an address, beside those of its characters."""

_NO_ROOT = "Invalid URI: A Dos path must be rooted, for example, 'c:\\\\'."
_NO_HOST = "Invalid URI: The hostname could not be parsed."


class Uri:
    """`text` as given; `shown` as `ToString` shows it. `absolute` is the canonical form of an absolute URI,
    else None; the other attributes are its parts as they stand there, `opening` what stands between scheme
    and host. `fault` says why a text with a scheme is no absolute URI."""

    clr_name = "System.Uri"
    absolute: str | None = None
    scheme = opening = user = host = authority = path = query = fragment = fault = ""
    port = -1

    def __init__(self, text: str, kind: int = 0) -> None:
        """`kind` says what a path of Windows or of a network is taken for. Raises System.UriFormatException
        for what begins like an absolute URI and is no URI at all."""
        BUDGET.spend(_READ + (len(text) >> 2))
        self.text = self.shown = text
        plain = text.strip(BLANKS)
        found = _SCHEME.match(plain)
        if _DRIVE.match(plain):
            if kind != RELATIVE:
                self._read("file", _as_path(plain))
            return
        if plain.startswith(("\\\\", "//")):
            share = plain.lstrip("\\/")
            if share and (kind == ABSOLUTE or (kind != RELATIVE and plain[0] == "\\")):
                self._read("file", _as_path(f"//{share}"))
        elif found is not None and len(found[1]) == 1:
            raise bad_uri(_NO_ROOT)
        elif found is not None:
            self._read(found[1].lower(), plain[found.end() :])
        if self.absolute is None and found is None and _UNESCAPED.search(text):
            self.shown = shown(text, relative=True)

    def _read(self, scheme: str, rest: str) -> None:
        known = SCHEMES.get(scheme, _UNKNOWN)
        rest, hash_mark, fragment = rest.partition("#")
        path, question, query = rest.partition("?") if known.query else (rest, "", "")
        if scheme == "file":
            path = _rooted(path)
        if known.authority == "must" and not re.match(r"[\\/]{2}", path):
            self.fault = "Invalid URI: The Authority/Host could not be parsed."
            return
        if known.authority == "must" and not known.paths and not path.startswith("//"):
            raise bad_uri(_NO_HOST)
        self.scheme, self.port = scheme, known.port
        self.query, self.fragment = decoded(question + query), decoded(hash_mark + fragment)
        if re.match(r"[\\/]{2}" if known.paths else "//", path) and known.authority != "none":
            self.opening = "//"
            path = self._read_authority(known, path[2:])
        elif scheme == "mailto" and re.match(r"[^@]*@(?!//)|[\w.-]*\Z", path):
            self._read_host(known, path)
            path = ""
        else:
            known = known._replace(paths=False)
        path = decoded(re.sub("%2[Ff]|%5[Cc]", "/", path) if known.slashes else path)
        if known.paths:
            path = _without_dots(path.replace("\\", "/") if scheme != "file" else path)
        elif self.opening and not path.startswith("/"):
            path = "/" + path
        self.path = path if known.query else path.replace("?", "%3F")
        self._write()

    def _read_authority(self, known: Scheme, text: str) -> str:
        """Read what stands before the path, which is returned."""
        place = re.split("[/?]", text, maxsplit=1)[0]
        path = text[len(place) :]
        behind = _BRACKETS.match(place)
        if behind is not None:
            place, path = behind[1], f"/{behind[2]}{path}"
        self._read_host(known, place)
        return path

    def _read_host(self, known: Scheme, text: str) -> None:
        user, mark, place = text.partition("@")
        if not mark:
            user, place = "", text
        self.user = decoded(user) + mark
        found = re.match(r"(\[[^\]]*\]|[^:]*)(?::(.*))?\Z", place, re.DOTALL)
        assert found is not None
        self.host = _host(found[1], known)
        if found[2]:
            if self.scheme == "file":
                raise bad_uri(_NO_HOST)
            if not re.match(r"[0-9]{1,9}\Z", found[2]) or int(found[2]) > 0xFFFF:
                raise bad_uri("Invalid URI: Invalid port specified.")
            self.port = int(found[2])
        self.authority = self.host if self.is_default_port else f"{self.host}:{self.port}"

    def _write(self) -> None:
        """Put the canonical form and the one that is shown together."""
        parts = (self.user, self.authority, self.path, self.query, self.fragment)
        start = f"{self.scheme}:{self.opening}"
        self.shown = start + self.user + self.authority + "".join(map(shown, parts[2:]))
        self.user, _, self.path, self.query, self.fragment = (escaped(part) for part in parts)
        self.absolute = start + self.user + self.authority + self.path + self.query + self.fragment
        self.user = self.user.removesuffix("@")
        if self.scheme == "file" and _DRIVE.match(self.path, 1):
            self.path = self.path[1:]

    @property
    def is_default_port(self) -> bool:
        return self.port == SCHEMES.get(self.scheme, _UNKNOWN).port

    @property
    def place(self) -> tuple[str, str, int]:
        """What URIs have in common whose paths can be compared."""
        return self.scheme, self.host, self.port

    def _identity(self) -> str:
        """What equality looks at: neither the user nor the fragment."""
        if self.absolute is None:
            return self.text
        return f"{self.scheme}://{self.authority}{self.path}{self.query}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Uri) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __str__(self) -> str:
        return self.shown


def _as_path(text: str) -> str:
    """A path of Windows as a URI writes it: nothing in it is an escape, a query or a fragment."""
    text = _KEPT.sub(lambda found: found[1] or "%25", text)
    return text.replace("\\", "/").replace("?", "%3F").replace("#", "%23")


def _rooted(path: str) -> str:
    """What follows `file:`, with two slashes before a host and three before a drive; throws
    System.UriFormatException for a drive without a path."""
    found = _FILE.match(path)
    assert found is not None
    slashes, rest = len(found[1]), path[found.end(1) :]
    if found[2]:
        if rest[2:3] not in ("/", "\\"):
            raise bad_uri(_NO_ROOT)
        return f"///{found[2]}:" + rest[2:].replace("\\", "/")
    return "//" + rest.replace("\\", "/") if slashes >= 2 and slashes != 3 and rest else path


def _host(text: str, known: Scheme) -> str:
    """A host in lower case: a name, or an address in its usual form; throws System.UriFormatException."""
    if text.startswith("["):
        try:
            return f"[{address_text(read_six(text[1:-1].partition('%')[0]))}]"
        except ValueError:
            raise bad_uri(_NO_HOST) from None
    if text[:1].isdigit() and known != _UNKNOWN:
        with suppress(ValueError):
            return address_text(read_four(text))
    if (not text and known.empty) or (text in (".", "..") and known == _UNKNOWN):
        return text
    if not all(map(_LABEL.match, text.removesuffix(".").split("."))):
        raise bad_uri(_NO_HOST)
    return "localhost" if text.lower() == "loopback" else text.lower()


def local_path(uri: Uri) -> str:
    """LocalPath: of a file as Windows writes it, where it has a drive or a host."""
    path = unescaped(uri.path)
    if uri.scheme != "file" or not (uri.host or _DRIVE.match(path)):
        return path
    return (f"\\\\{uri.host}" if uri.host else "") + path.replace("/", "\\")


def _without_dots(path: str) -> str:
    """The path with `.` and `..` followed (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    pieces = (path if path.startswith("/") else f"/{path}").split("/")
    for piece in pieces[1:]:
        if piece == "..":
            del kept[-1:]
        elif piece != ".":
            kept.append(piece)
    if pieces[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def bad_uri(message: str) -> ClrException:
    return ClrException("System.UriFormatException", message)


def make_uri(text: str | None, kind: int = ABSOLUTE) -> Uri:
    """`new Uri(text, kind)`; throws System.UriFormatException for what is not of the kind."""
    text = required(text, "uriString")
    made = Uri(text, kind)
    if made.absolute is not None and kind == RELATIVE:
        raise bad_uri(
            "A relative URI cannot be created because the 'uriString' parameter represents an absolute URI."
        )
    if made.absolute is None and kind == ABSOLUTE:
        if not text.strip():
            raise bad_uri("Invalid URI: The URI is empty.")
        if not made.fault and ":" in re.split(r"[/\\?#]", text)[0]:
            raise bad_uri("Invalid URI: The URI scheme is not valid.")
        raise bad_uri(made.fault or "Invalid URI: The format of the URI could not be determined.")
    return made


def join_uri(start: Uri, rest: str) -> Uri:
    """The URI that a reference means from an absolute one (RFC 3986, 5.2)."""
    given = Uri(rest)
    if given.absolute is not None:
        return given
    plain = rest.strip(BLANKS)
    if not plain:
        return start
    if given.fault:  # a scheme without a host: the start's own is left out, as in RFC 1808
        if plain[: len(start.scheme) + 1].lower() != f"{start.scheme}:":
            raise bad_uri(given.fault)
        plain = plain[len(start.scheme) + 1 :]
        plain = "." + plain if plain.startswith(("?", "#")) else plain
    place = f"{start.scheme}:{start.opening}"
    place += (f"{start.user}@" if start.user else "") + start.authority
    if plain.startswith(("//", "\\\\")):
        return Uri(f"{start.scheme}:{plain}")
    folder = start.path.rpartition("/")[0] + "/"
    kept = {"/": "", "\\": "", "?": start.path, "#": start.path + start.query}.get(plain[:1], folder)
    return Uri(place + kept + plain)
