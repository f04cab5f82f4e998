"""Where a request comes from: this machine, our own pages, or a page of another site."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

_NAMES = ("localhost", "127.0.0.1", "::1")
_ADDRESSES = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
# Any of these says that somebody speaks for another.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def host_name(host: str) -> str:
    """The name in a Host header, without its port and brackets."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_local(scope: Scope, headers: Headers) -> bool:
    """A program of this machine that asks for this machine: not a proxy that speaks for others,
    and not a browser that was led here by another name (DNS rebinding).

    A plain nginx says neither for whom it asks nor by which name; most versions speak HTTP/1.0.
    """
    client = scope.get("client")
    return (
        client is not None
        and scope.get("http_version") != "1.0"
        and client[0] in _ADDRESSES
        and host_name(headers.get("host", "")) in _NAMES
        and not any(name in headers for name in _FORWARDED)
    )


def is_own(headers: Headers, public_url: str) -> bool:
    """Whether a page of ours sent it: the browser names its origin, or says that it is the same.
    False where nothing is said."""
    origin = headers.get("origin")
    if origin is not None:
        return same_site(origin, headers.get("host", ""), public_url)
    return headers.get("sec-fetch-site") == "same-origin"


def same_site(origin: str, host: str, public_url: str) -> bool:
    """Whether an Origin is that of this server, by the Host asked for or by its public address."""
    if "://" not in origin:  # "null": a page without an origin
        return False
    if public_url and origin == origin_of(public_url):
        return True
    return bool(host) and origin.split("://", 1)[1] == host


def origin_of(url: str) -> str:
    """scheme://host[:port] of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def local_goal(goal: str) -> str:
    """A path of this server to go to after a sign-in; /wall for anything else."""
    plain = goal.isprintable() and "\\" not in goal
    good = plain and goal.startswith("/") and not goal.startswith("//") and len(goal) <= 2_000
    return goal if good else "/wall"
