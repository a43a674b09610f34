"""Sending a request on: headers that end here, redirects, timeouts, and what failed as a PolicyFault."""

from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from apimlb.clock import Clock
from apimlb.http import HOP_BY_HOP, Headers, Request, Response, Transport, close, is_url
from apimlb.local.gateway.backends import Credentials
from apimlb.policy.run.exchange import ForwardOptions

_ENDING_HERE = HOP_BY_HOP | {"expect"}
_REDIRECTS = {301, 302, 303, 307, 308}
_TURNS_INTO_GET = {301, 302, 303}
_MOST_REDIRECTS = 50
_WITH_BODY = {"POST", "PUT", "PATCH"}


def strip_hop_by_hop(headers: Headers) -> None:
    """Take out what concerns one connection only (RFC 9110, section 7.6.1), and what Connection names."""
    ending = {lower for lower, _, _ in headers.parts if lower in _ENDING_HERE}
    if "connection" in ending:
        named = ",".join(headers.get_all("Connection")).lower().split(",")
        ending.update(name.strip() for name in named)
    if ending:
        headers.drop(ending)


def add_credentials(request: Request, credentials: Credentials, token: str) -> None:
    """Put a backend entity's credentials on a request; `token` is that of its managed identity, or empty."""
    for name, values in credentials.headers:
        request.headers.set(name, *values)
    if credentials.authorization or token:
        request.headers.set("Authorization", credentials.authorization or f"Bearer {token}")
    if credentials.query:
        parts = urlsplit(request.url)
        added = [f"{quote(name)}={quote(value)}" for name, value in credentials.query]
        query = "&".join([parts.query, *added] if parts.query else added)
        request.url = urlunsplit(parts._replace(query=query))


async def send(transport: Transport, request: Request, options: ForwardOptions, clock: Clock) -> Response:
    """The response once its headers are there; raises ConnectionError and TimeoutError."""
    strip_hop_by_hop(request.headers)
    size = str(len(request.body))
    if request.body or request.method in _WITH_BODY:
        if request.headers.get("Content-Length") != size:
            request.headers.set("Content-Length", size)
    else:
        request.headers.remove("Content-Length")
    with clock.timeout(options.timeout):
        response = await transport.send(request)
        for _ in range(_MOST_REDIRECTS if options.follow_redirects else 0):
            further = _redirected(request, response)
            if further is None:
                break
            await close(response)
            request = further
            response = await transport.send(request)
    strip_hop_by_hop(response.headers)
    return response


def _redirected(request: Request, response: Response) -> Request | None:
    """The next request, as .NET's HttpClient makes it: no body after a GET, no token to another host, and
    none where the answer is no redirect or leads to what is no URL."""
    location = response.headers.get("Location")
    if response.status not in _REDIRECTS or location is None:
        return None
    try:
        url = urljoin(request.url, location)
    except ValueError:
        return None
    if not is_url(url):
        return None
    headers = request.headers.copy()
    headers.set("Host", urlsplit(url).netloc)
    if urlsplit(url).netloc != urlsplit(request.url).netloc:
        headers.remove("Authorization")
    if response.status in _TURNS_INTO_GET and request.method == "POST":
        headers.remove("Content-Length")
        return Request("GET", url, headers, client=request.client)
    return Request(request.method, url, headers, request.body, request.client)
