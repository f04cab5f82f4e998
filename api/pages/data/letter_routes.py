"""One dead letter: what it is, and the decision on it, asked for twice. For administrators."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.asked import Language
from api.data_quality.letters import letter
from api.pages.data.wording import reason_name, source_name
from api.pages.error_page import error_page
from api.pages.parts.controls import PageHead
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import local_time, words_of
from api.ports import DeadLetterDesk, DeadLetterError, StoreAway
from api.viewer import LoadedViewer, Viewer
from dossiers.reference.unlisted import shown_name

router = APIRouter(tags=["pages"])
MOST_WHY = 500  # characters
Number = Annotated[int, Path(ge=0, le=2**53)]
Step = Annotated[str, Query(alias="do", pattern="^(|replay|drop)$", description="asked for once")]


@router.get("/data/letters/{number}", response_class=HTMLResponse, include_in_schema=False)
async def letter_page(
    viewer: LoadedViewer, lang: Lang, number: Number, step: Step = ""
) -> HTMLResponse:
    """A record that could not be taken, and what can be decided on it."""
    return await _page(viewer, lang, number, step)


@router.post("/data/letters/{number}/replay", include_in_schema=False)
async def replay(request: Request, viewer: LoadedViewer, lang: Lang, number: Number) -> Response:
    """Send the record again, from a form."""
    form = await form_of(request)
    owner, take_back = form.get("owner", "").strip()[:100], bool(form.get("take_back"))
    desk = viewer.live.desk
    if desk is None:
        return await _page(viewer, lang, number, "", "this process only shows dead letters.")
    try:
        await run_in_threadpool(desk.replay, number, owner, take_back=take_back)
    except (DeadLetterError, StoreAway) as error:
        return await _page(viewer, lang, number, "replay", str(error), _status(error))
    return RedirectResponse("/data/letters?done=replayed", 303)


@router.post("/data/letters/{number}/drop", include_in_schema=False)
async def drop(request: Request, viewer: LoadedViewer, lang: Lang, number: Number) -> Response:
    """Settle the record without taking it, from a form."""
    why = (await form_of(request)).get("reason", "").strip()
    desk: DeadLetterDesk | None = viewer.live.desk
    if desk is None:
        return await _page(viewer, lang, number, "", "this process only shows dead letters.")
    if not why or len(why) > MOST_WHY:
        said = words_of(lang)("data_letter_no_reason")
        return await _page(viewer, lang, number, "drop", said, 422)
    try:
        await run_in_threadpool(desk.drop, number, why)
    except (DeadLetterError, StoreAway) as error:
        return await _page(viewer, lang, number, "drop", str(error), _status(error))
    return RedirectResponse("/data/letters?done=dropped", 303)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, at most ten; the gate has bounded the body."""
    try:
        text = (await request.body()).decode("utf-8", "replace")
        found = parse_qs(text, keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _status(error: DeadLetterError | StoreAway) -> int:
    return error.status if isinstance(error, DeadLetterError) else 503


async def _page(
    viewer: Viewer, lang: Language, number: int, step: str, problem: str = "", status: int = 200
) -> HTMLResponse:
    words = words_of(lang)
    try:
        row = await letter(viewer, number)
    except StoreAway:
        return error_page(viewer, lang, 503, "away")
    if row is None:
        return error_page(viewer, lang, 404, "data_no_letter", number=str(number))
    open_ = row["state"] == "open" and viewer.live.desk is not None
    trail = (Link(words("data_title"), "/data"), Link(words("data_letters"), "/data/letters"))
    told = Notice(words("data_letter_refused", why=problem), "owed") if problem else None
    return render(
        "data_letter.html",
        viewer,
        lang,
        status,
        active="data",
        page_head=PageHead(
            words("data_letter", n=words.number(number)),
            trail=trail,
            sub=words(f"data_letters_{row['state']}"),
        ),
        number=number,
        step=step if open_ else "",
        open=open_,
        problem=told,
        not_yours=row["reason"] == "not_yours",
        facts=_facts(row, viewer, lang),
        payload=row["payload"],
    )


def _facts(row: dict[str, Any], viewer: Viewer, lang: Language) -> list[tuple[str, str]]:
    words = words_of(lang)
    place = "–" if row["offset"] < 0 else f"{row['topic']} {row['partition']}:{row['offset']}"
    return [
        (words("data_letter_reason"), reason_name(row["reason"], words)),
        (words("data_letter_detail"), row["detail"]),
        (words("data_letter_source"), source_name(row["source"], viewer, words)),
        (words("data_letter_key"), shown_name(row["key"], lang) or "–"),
        (words("data_letter_at"), local_time(row["detected_at"], calendar_in_use(viewer))),
        (words("data_letter_place"), place),
        *([(words("data_letter_why"), row["why"])] if row["why"] else []),
    ]
