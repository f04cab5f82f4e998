"""Walls: their list, and one of them to change, look at, hand out and remove."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.asked import Language
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.parts.controls import PageHead
from api.pages.parts.marks import Link
from api.pages.parts.states import Empty, Notice
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.walls.form import TypedForm, settings_of, typed
from api.pages.walls.views import form_of, key_rows, walls_table
from api.pages.words import Words, words_of
from api.sign_in_flow import SignInFlow, UsesSignIn
from api.viewer import LoadedViewer, Viewer
from api.walls.book import version_of
from api.walls.desk import WallError
from dossiers.wire.walls import NamedWall

router = APIRouter(tags=["pages"])
NEW = "new"  # the path of the form for a new wall; no wall may be called so
Name = Annotated[str, Path(max_length=40)]
Done = Literal["", "saved", "removed", "ended", "extended"]
Act = Callable[[TypedForm], Awaitable[Response]]


@router.get(
    "/walls", summary="Page: walls", response_class=HTMLResponse, responses={**HTML, **ERROR_PAGES}
)
async def walls_page(
    request: Request,
    viewer: LoadedViewer,
    *,
    lang: Lang,
    done: Annotated[Done, Query(description="what was just done")] = "",
) -> HTMLResponse:
    """The walls that the reader may change, with how many displays show each now."""
    words = words_of(lang)
    walls = list(viewer.live.wall_desk.seen_by(viewer.access))
    table = walls_table(walls, _connected(request), viewer, words, calendar_in_use(viewer))
    return render(
        "walls.html",
        viewer,
        lang,
        active="walls",
        head=PageHead(words("walls_title"), sub=words("walls_sub")),
        table=table,
        empty=None if walls else Empty("none", words("walls_none"), words("walls_none_text")),
        notice=_notice(done, words),
    )


@router.get(
    "/walls/{name}",
    summary="Page: one wall",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def wall_page(
    request: Request,
    viewer: LoadedViewer,
    name: Name,
    *,
    lang: Lang,
    done: Annotated[Done, Query(description="what was just done")] = "",
) -> HTMLResponse:
    """Settings, preview and keys of a wall; the form of a new one at /walls/new."""
    try:
        wall = _blank(viewer) if name == NEW else viewer.live.wall_desk.find(viewer.access, name)
    except WallError:
        return error_page(viewer, lang, 404, "no_wall", name=name)
    return await _shown(request, viewer, lang, name, wall, _notice(done, words_of(lang)))


@router.post("/walls/{name}", include_in_schema=False)
async def act(
    request: Request, viewer: LoadedViewer, flow: UsesSignIn, name: Name, *, lang: Lang
) -> Response:
    """``act`` of the form: save, remove, hand, end or extend."""
    form = TypedForm({})
    acts: dict[str, Act] = {
        "save": lambda form: _save(viewer, flow, name, form),
        "remove": lambda form: _remove(viewer, name, form),
        "hand": lambda form: _hand(request, viewer, flow, lang, name, form),
        "end": lambda form: _end(viewer, flow, name, form),
        "extend": lambda form: _extend(viewer, flow, name, form),
    }
    try:
        form = await typed(request)
        found = acts.get(form.one("act"))
        if found is None:
            raise WallError(422, "wall_settings", "The form says nothing that can be done.")
        return await found(form)
    except WallError as error:
        return await _refused(request, viewer, lang, name, form, error)


async def _save(viewer: Viewer, flow: SignInFlow, name: str, form: TypedForm) -> Response:
    wanted = settings_of(form)
    named = form.one("name") if name == NEW else name
    version = "" if name == NEW else form.one("version") or "-"
    await viewer.live.wall_desk.put(viewer.access, named, wanted, version)
    if name == NEW:  # the address does not say which: the trail is to
        flow.audit.record(viewer.principal, "change", named, "/walls/{name}", 303)
    return RedirectResponse(f"/walls/{named}?done=saved", 303)


async def _remove(viewer: Viewer, name: str, form: TypedForm) -> Response:
    await viewer.live.handing.removed(viewer.access, name, form.one("version") or "-")
    return RedirectResponse("/walls?done=removed", 303)


async def _hand(
    request: Request, viewer: Viewer, flow: SignInFlow, lang: Language, name: str, form: TypedForm
) -> Response:
    """Shown in the answer and nowhere else: a code has no place in an address."""
    days = form.number("days")
    if days is not None and not 1 <= days <= 3_650:
        raise WallError(422, "wall_days", "A key lasts 1 to 3650 days.")
    code = viewer.live.handing.code(viewer.access, name, None if days is None else int(days))
    link = f"{flow.home(request)}/wall/{name}#code={code}"
    wall = viewer.live.wall_desk.find(viewer.access, name)
    answer = await _shown(request, viewer, lang, name, wall, None, code=code, link=link)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


async def _end(viewer: Viewer, flow: SignInFlow, name: str, form: TypedForm) -> Response:
    key = await viewer.live.handing.end(viewer.access, name, form.one("key"))
    target = f"wall:{key.name}:{key.id}"
    flow.audit.record(viewer.principal, "key_revoked", target, "/walls/{name}", 303)
    return RedirectResponse(f"/walls/{name}?done=ended", 303)


async def _extend(viewer: Viewer, flow: SignInFlow, name: str, form: TypedForm) -> Response:
    key = await viewer.live.handing.extend(viewer.access, name, form.one("key"), 90)
    target = f"wall:{key.name}:{key.id}"
    flow.audit.record(viewer.principal, "key_extended", target, "/walls/{name}", 303)
    return RedirectResponse(f"/walls/{name}?done=extended", 303)


async def _refused(
    request: Request, viewer: Viewer, lang: Language, name: str, form: TypedForm, error: WallError
) -> HTMLResponse:
    """The page once more, with what was typed where that can be read, and what is wrong with it."""
    desk = viewer.live.wall_desk
    try:
        wall = _blank(viewer) if name == NEW else desk.find(viewer.access, name)
    except WallError:
        return error_page(viewer, lang, 404, "no_wall", name=name)
    if form.one("act") == "save":
        with suppress(WallError):
            wall = settings_of(form)
    notice = Notice(words_of(lang)(f"walls_error_{error.key}"), "owed")
    typed_name = form.one("name")[:40]
    return await _shown(
        request, viewer, lang, name, wall, notice, error.status, typed_name=typed_name
    )


async def _shown(
    request: Request,
    viewer: Viewer,
    lang: Language,
    name: str,
    wall: NamedWall,
    notice: Notice | None,
    status: int = 200,
    **more: str,
) -> HTMLResponse:
    words, calendar = words_of(lang), calendar_in_use(viewer)
    new = name == NEW
    stands = None if new else viewer.live.wall_desk.find(viewer.access, name)
    values: dict[str, Any] = {
        "code": "", "link": "", "typed_name": "", "keys": (), "keys_away": "", "connected": 0,
        **more,
    }  # fmt: skip
    if stands is not None:
        values["connected"] = _connected(request)[name]
        try:
            keys = await viewer.live.handing.listed(viewer.access, name)
            values["keys"] = key_rows(keys, time.time_ns() // 1_000_000, words, calendar)
        except WallError as error:
            values["keys_away"] = words(f"walls_error_{error.key}")
    title = words("walls_new") if new else wall.title or name
    return render(
        "wall.html",
        viewer,
        lang,
        status,
        active="walls",
        head=PageHead(title, (Link(words("walls_title"), "/walls"),), "" if new else name),
        form=form_of(
            "" if new else name, wall, version_of(stands) if stands else "", viewer, words
        ),
        notice=notice,
        **values,
    )


def _blank(viewer: Viewer) -> NamedWall:
    """What the form of a new wall begins with."""
    own = () if viewer.reach.whole else tuple(sorted(viewer.reach.units))
    names = viewer.live.config.officer_names
    return NamedWall(changed_at=0, units=own, officer_names=names)


def _connected(request: Request) -> Counter[str]:
    """Displays of named walls that listen to this process."""
    walls = request.app.state.admission.connections.of_walls()
    return Counter(each.display.name for each in walls if each.display is not None)


def _notice(done: Done, words: Words) -> Notice | None:
    return Notice(words(f"walls_done_{done}"), "done") if done else None
