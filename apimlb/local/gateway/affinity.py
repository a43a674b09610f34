"""Session affinity of a pool: a cookie that leads a client back to the member that served it first.

Microsoft Learn, Backends in API Management, session awareness: `pool.sessionAffinity.sessionId` names a
cookie, which the gateway sets and the client must send back. What stands in it is not published.
"""

import hashlib

from apimlb.http import Headers
from apimlb.local.gateway.pool import Pool


def remembered(pool: Pool, headers: Headers) -> str | None:
    """The id of the member that a request's cookie names; None when it names none."""
    if not pool.cookie:
        return None
    said = _cookie(pool.cookie, headers)
    return next((member.id for member in pool.members if said and _mark(member.id) == said), None)


def remind(pool: Pool, member: str, asked: Headers, answered: Headers) -> None:
    """Tell the client to come back to `member`, unless its cookie says so already."""
    if pool.cookie and _cookie(pool.cookie, asked) != _mark(member):
        answered.add("Set-Cookie", f"{pool.cookie}={_mark(member)}; Path=/; HttpOnly")


def _cookie(name: str, headers: Headers) -> str:
    """The cookie's value; what else a browser sends may be as odd as it likes."""
    for line in headers.get_all("Cookie"):
        for cookie in line.split(";"):
            found, _, value = cookie.strip().partition("=")
            if found == name:
                return value.strip('"')
    return ""


def _mark(member: str) -> str:
    return hashlib.sha256(member.encode()).hexdigest()[:32]
