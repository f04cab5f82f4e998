"""Forms of pages that act on alerts: on one, or on several at once."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Annotated
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.origins import local_goal
from api.asked import Language
from api.desk.acting import act, act_together, seen
from api.desk.asking import (
    ACTIONS,
    ALERT_ID,
    MOST_SEQUENCE,
    MOST_SNOOZE,
    MOST_TOGETHER,
    MOST_TYPED,
    ActionError,
    ActionRequest,
    Outcome,
)
from api.pages.dossiers.alert_wording import error_text, reason_choices
from api.pages.dossiers.amounts import Written
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import words_of
from api.ports import StoreAway
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["alerts"])
_MOST_FIELDS = MOST_TOGETHER + 10
_DIGITS = 16
_WRITTEN = ("explain", "apologise", "ask")  # whose form can be mended where it was refused
_ALERT_ID = re.compile(ALERT_ID)
Fields = dict[str, list[str]]
AlertId = Annotated[str, Path(pattern=ALERT_ID)]


@router.post("/alerts/actions", include_in_schema=False)
async def together(request: Request, viewer: LoadedViewer, lang: Lang) -> Response:
    """Acknowledge those that ``item`` names (ID:SEQUENCE), for one ``reason``."""
    fields = await _fields(request)
    items = [each for each in map(_item, fields.get("item", [])) if each is not None]
    asked = ActionRequest("acknowledge", 0, reason=_one(fields, "reason", 40))
    back = local_goal(_one(fields, "back", 2_000) or "/")
    if not items or not asked.reason or len(items) > MOST_TOGETHER:
        code = "desk_none_chosen" if not items else "desk_error_reason"
        return _again(viewer, lang, words_of(lang)(code, seconds=0), 422, back)
    answers = await act_together(viewer, items, asked)
    done = [each for each in answers if isinstance(each, Outcome)]
    refused = [each for each in answers if isinstance(each, ActionError)]
    if not done and len({each.code for each in refused}) == 1:
        text = error_text(refused[0], viewer, Written(words_of(lang), calendar_in_use(viewer)))
        return _again(viewer, lang, text, refused[0].status, back)
    await asyncio.gather(*(seen(viewer.live, each) for each in done))
    told = "stored" if any(each.how == "stored" for each in done) else "done"
    counts = {"done": str(len(done)), "left": str(len(refused))}
    return RedirectResponse(_told(back, told, **counts), 303)


@router.post("/alerts/{alert_id}/actions", include_in_schema=False)
async def one(request: Request, viewer: LoadedViewer, lang: Lang, alert_id: AlertId) -> Response:
    """Fields: action, sequence, reason, text, hours, to, back."""
    fields = await _fields(request)
    back = local_goal(_one(fields, "back", 2_000) or "/")
    asked = _asked(fields)
    if asked is None:
        return _again(viewer, lang, words_of(lang)("desk_no_action"), 422, back)
    try:
        outcome = await act(viewer, alert_id, asked)
    except StoreAway:
        return _again(viewer, lang, words_of(lang)("desk_tap_away"), 503, back, alert_id, asked)
    except ActionError as error:
        say = Written(words_of(lang), calendar_in_use(viewer))
        text = error_text(error, viewer, say)
        again = error.status == 503 or (error.status == 422 and asked.action in _WRITTEN)
        mendable = asked if again else None
        return _again(viewer, lang, text, error.status, back, alert_id, mendable)
    await seen(viewer.live, outcome)
    return RedirectResponse(_told(back, outcome.how), 303)


async def _fields(request: Request) -> Fields:
    """Of a form; the gate has bounded the body."""
    try:
        text = (await request.body()).decode("utf-8", "replace")
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


def _one(fields: Fields, name: str, most: int) -> str:
    return fields.get(name, [""])[0][:most]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 0


def _asked(fields: Fields) -> ActionRequest | None:
    """None for what is no action of ours, or says not which alert was seen."""
    name, sequence = _one(fields, "action", 20), _number(_one(fields, "sequence", 20))
    action = next((each for each in ACTIONS if each == name), None)
    if action is None or not 1 <= sequence <= MOST_SEQUENCE:
        return None
    return ActionRequest(
        action,
        sequence,
        reason=_one(fields, "reason", 40),
        text=_one(fields, "text", MOST_TYPED),
        hours=min(_number(_one(fields, "hours", 4)), MOST_SNOOZE + 1),
        to=_one(fields, "to", 200),
    )


def _item(text: str) -> tuple[str, int] | None:
    alert_id, _, sequence = text.partition(":")
    known = _ALERT_ID.fullmatch(alert_id) is not None and _number(sequence) > 0
    return (alert_id, _number(sequence)) if known else None


def _told(back: str, code: str, **more: str) -> str:
    """The page that the form stood on, with what became of it."""
    parts = urlsplit(back)
    kept = parse_qs(parts.query, keep_blank_values=True)
    pairs = [(n, v) for n, values in kept.items() for v in values if n not in ("told", *more)]
    query = urlencode([*pairs, ("told", code), *more.items()])
    return urlunsplit(("", "", parts.path, query, parts.fragment))


def _again(
    viewer: Viewer,
    lang: Language,
    problem: str,
    status: int,
    back: str,
    alert_id: str = "",
    asked: ActionRequest | None = None,
) -> HTMLResponse:
    """Why nothing was done; what was typed stands there, to be mended and sent again."""
    words, page = words_of(lang), urlsplit(back)
    # Another language or theme leads to the page that one came from: this one has no address.
    viewer = replace(viewer, asked=replace(viewer.asked, path=page.path, query=page.query))
    return render(
        "desk/again.html", viewer, lang, status, problem=problem, back=back, alert_id=alert_id,
        asked=asked, reasons=reason_choices(words, asked.reason) if asked else (),
        writes=asked is not None and asked.action in _WRITTEN,
    )  # fmt: skip
