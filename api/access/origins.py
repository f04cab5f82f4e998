"""Where a request comes from: this machine, our own pages, or a page of another site."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

_ADDRESSES = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
# As browsers and programs write it, and in no other way: what merely leads to the same address may
# be the name of another site (DNS rebinding).
_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(?::([1-9][0-9]{0,4}))?", re.IGNORECASE)
_LAST_PORT = 65_535
# Headers that a proxy, a balancer or a content network adds: somebody speaks for another. Their
# names are endless, so what they are made of counts; no browser and no program sends such a one.
_FORWARDED = re.compile(
    r"forward|prox(?:y|ied)|clientip|client-?cert|ssl|(?:^|-)via$"
    r"|(?:^|-)(?:ip|ipv6|addr|address|socketip)$|com+ing-from$"
    r"|^(?:cf|cdn|wl|akamai|fastly|fly|cloudfront|incap|ngrok|tailscale|surrogate|remote|disguised"
    r"|eagleeye)-"
    r"|^x-(?:real|original|originating|remote|envoy|cluster|arr|azure|amz-cf|amzn-trace|appengine"
    r"|vercel|nf|akamai|cdn|nginx|haproxy|traefik|kong|ngrok|tailscale|pomerium|sucuri|gateway"
    r"|edge|lb|backend|rewrite|ingress|replit|heroku|queue|peer|client|goog|cloud-trace|ms-client"
    r"|auth-request|authenticated|site-deployment)-"
    r"|^x-(?:host|scheme|url-scheme|varnish|https|haproxy|client|iinfo|request-start)$"
    r"|^front-end-https$"
)
_PORTS = {"http": 80, "https": 443}


def asks_for_this_machine(headers: Headers) -> bool:
    """Whether the Host is a name of this machine itself, exactly."""
    hosts = headers.getlist("host")
    found = _LOCAL.fullmatch(hosts[0]) if len(hosts) == 1 else None
    return found is not None and int(found[2] or 0) <= _LAST_PORT


def forwarded(names: Iterable[str]) -> bool:
    """Whether any of these headers says that a request was passed on."""
    return any(_FORWARDED.search(name.lower().replace("_", "-")) for name in names)


def is_local(scope: Scope, headers: Headers) -> bool:
    """A program of this machine that asks for this machine: not a proxy that speaks for others,
    and not a browser that was led here by another name.

    A plain nginx says neither for whom it asks nor by which name; most versions speak HTTP/1.0.
    """
    client = scope.get("client")
    return (
        client is not None
        and scope.get("http_version") != "1.0"
        and client[0] in _ADDRESSES
        and asks_for_this_machine(headers)
        and not forwarded(headers.keys())
    )


def network_of(address: str) -> str:
    """By which an address is limited: IPv4 as it is, IPv6 by its /64, which one line has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))


def from_browser(headers: Headers) -> bool:
    """Whether a browser sent it; only those of the last years say so."""
    return any(name.startswith("sec-fetch-") for name in headers)


def from_another_site(headers: Headers) -> bool:
    """Whether a page of another origin made a browser send it. No page can change what is said
    here. "same-site" is another origin as well: another port of this machine, or another server of
    the same domain."""
    return any(site not in ("same-origin", "none") for site in headers.getlist("sec-fetch-site"))


def is_visit(method: str, headers: Headers) -> bool:
    """Whether a person comes to a page, in a window of its own: not a frame, not a part of a page,
    and nothing that a browser fetches ahead."""
    return (
        method == "GET"
        and headers.getlist("sec-fetch-mode") == ["navigate"]
        and headers.getlist("sec-fetch-dest") == ["document"]
        and "sec-purpose" not in headers
        and "purpose" not in headers
    )


def is_own(headers: Headers, public_url: str) -> bool:
    """Whether a page of ours sent it: the browser names its origin, or says that it is the same.
    False if nothing is said."""
    origin = headers.get("origin")
    if origin is not None:
        return same_site(origin, headers, public_url)
    return headers.get("sec-fetch-site") == "same-origin"


def same_site(origin: str, headers: Headers, public_url: str) -> bool:
    """Whether an Origin is that of this server: its public address, or the Host asked for. If
    there is a public address, by its scheme only: what came over plain HTTP may be anybody's. A
    browser on this machine itself is the exception."""
    scheme, found, name = origin.partition("://")
    if not found:  # "null": a page without an origin
        return False
    if public_url:
        ours = origin_of(public_url)
        if origin == ours:
            return True
        if scheme != ours.partition("://")[0] and not asks_for_this_machine(headers):
            return False
    return scheme in _PORTS and bool(name) and headers.getlist("host") == [name]


def origin_of(url: str) -> str:
    """scheme://host[:port] of an address, as browsers write it."""
    parts = urlsplit(url)
    name = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{name.removesuffix(f':{_PORTS.get(parts.scheme, 0)}')}"


def local_goal(goal: str) -> str:
    """A path of this server to go to after a sign-in; the home for anything else."""
    plain = goal.isprintable() and "\\" not in goal
    good = plain and goal.startswith("/") and not goal.startswith("//") and len(goal) <= 2_000
    return goal if good else "/"
