"""How somebody wants pages to look: what the address says, else what the browser keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from fastapi import Query, Request

Language = Literal["vi", "en"]
Theme = Literal["auto", "light", "dark"]
LANG_COOKIE = "dunghen-lang"
THEME_COOKIE = "dunghen-theme"
A_YEAR_SECONDS = 365 * 86_400
_MOST_QUERY = 2_000  # characters of a query that links to the same page repeat


@dataclass(frozen=True)
class AskedLook:
    """One request for a page. ``query``: as it stands in the address, without the language.
    ``kept``: the language that the browser keeps. ``cookies``: what names of cookies begin with.
    """

    path: str = "/"
    query: str = ""
    kept: Language = "vi"
    theme: Theme = "auto"
    cookies: str = ""

    def address(self, **changes: str | None) -> str:
        """The same page with other parameters; None leaves one out."""
        pairs = [(k, v) for k, v in parse_qsl(self.query, keep_blank_values=True, max_num_fields=60)
                 if k not in changes]  # fmt: skip
        pairs += [(k, v) for k, v in changes.items() if v is not None]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


def asked_of(request: Request, cookies: str) -> AskedLook:
    """What ``request`` says; anything unknown counts as not said."""
    query = request.scope.get("query_string", b"")[:_MOST_QUERY].decode("latin-1")
    kept = request.cookies.get(cookies + LANG_COOKIE, "")
    theme = request.cookies.get(cookies + THEME_COOKIE, "")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=60)
    except ValueError:  # more parameters than any page of ours has
        pairs = []
    path = request.scope.get("raw_path", b"").decode("latin-1") or request.scope["path"]
    return AskedLook(
        path="/" + path.lstrip("/"),  # two slashes would lead to another server
        query=urlencode([(k, v) for k, v in pairs if k != "lang"]),
        kept="en" if kept == "en" else "vi",
        theme=theme if theme in get_args(Theme) else "auto",  # type: ignore[arg-type]
        cookies=cookies,
    )


async def language_of(
    request: Request,
    lang: Annotated[
        Language | None, Query(description="language of the page; without it the one kept")
    ] = None,
) -> Language:
    """The language that the address asks for, else the one that the browser keeps."""
    prefix = request.app.state.sign_in_flow.authenticator.cookie("")
    return lang or asked_of(request, prefix).kept
