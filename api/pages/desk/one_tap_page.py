"""Where a link of a mail leads: one button, and who will be recorded. Looking changes nothing.

Whoever opens the link need not be signed in, so the page shows no more of the alert than the mail
did. Its address is the secret: it is not sent on, not kept, and stands in no log.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.access.principal import Principal
from api.asked import Language
from api.desk.acting import seen
from api.desk.asking import ActionError, Outcome
from api.desk.one_tap import TapView, follow, look_at
from api.inbox.book import thread_of
from api.labels import officer_label
from api.pages.dossiers.alert_wording import error_text, now_text, what_of
from api.pages.dossiers.amounts import Written
from api.pages.parts.marks import Link
from api.pages.rendering import Lang, calendar_in_use, render
from api.pages.words import words_of
from api.ports import StoreAway
from api.sign_in_flow import SignInFlow, UsesSignIn
from api.viewer import LoadedViewer, Viewer
from dossiers.wire.alerts import Alert
from dossiers.wire.one_tap import LINK_PATH, MOST_TOKEN

router = APIRouter(tags=["alerts"])
PATH = LINK_PATH + "{token}"
_STATUS = {
    "good": 200, "done": 200, "forged": 404, "gone": 404, "over": 410, "not_yours": 403,
    "moved": 409,
}  # fmt: skip
Token = Annotated[str, Path(max_length=MOST_TOKEN)]


@router.get(PATH, include_in_schema=False)
async def tap_page(viewer: LoadedViewer, lang: Lang, token: Token) -> HTMLResponse:
    """What the link would do, with the one button that does it."""
    try:
        return _page(viewer, lang, await look_at(viewer.live, token), token)
    except StoreAway:
        return _failed(viewer, lang, "away", 503)
    except ActionError as error:
        return _refused(viewer, lang, TapView("forged"), error)


@router.post(PATH, include_in_schema=False)
async def tap(
    request: Request, viewer: LoadedViewer, flow: UsesSignIn, lang: Lang, token: Token
) -> HTMLResponse:
    """Do it. A second time changes nothing, and says so."""
    found = TapView("forged")
    try:
        found = await look_at(viewer.live, token)
        if found.worth != "good":
            return _page(viewer, lang, found, token)
        outcome = await follow(viewer.live, found)
    except StoreAway:
        return _failed(viewer, lang, "away", 503)
    except ActionError as error:
        _note(flow, found, error.status)
        return _refused(viewer, lang, found, error)
    _note(flow, found, 200)
    await seen(viewer.live, outcome)
    return _page(viewer, lang, found, "", outcome)


def _note(flow: SignInFlow, found: TapView, status: int) -> None:
    """Into the audit trail, as the person whom the link names."""
    if found.tap is not None and found.alert is not None:
        who = Principal(found.tap.person, frozenset(), "link")
        flow.audit.record(who, "change", thread_of(found.alert), PATH, status)


def _page(
    viewer: Viewer, lang: Language, found: TapView, token: str, outcome: Outcome | None = None
) -> HTMLResponse:
    say = Written(words_of(lang), calendar_in_use(viewer))
    words, alert, tap = say.words, found.alert, found.tap
    worth = found.worth if outcome is None else f"did_{outcome.how}"
    action = tap.action if tap is not None else "acknowledge"
    text = words(f"desk_tap_{worth}")
    if worth == "moved" and alert is not None:
        text = f"{text} {now_text(alert, viewer, say)}"
    shown = alert if found.worth not in ("forged", "gone", "over", "not_yours") else None
    return _answer(
        viewer, lang, 200 if outcome is not None else _STATUS[found.worth],
        title=words(f"desk_tap_title_{action}") if shown else words(f"desk_tap_head_{worth}"),
        text=text,
        good=worth == "good",
        done=worth in ("done", "did_done", "did_already", "did_stored"),
        facts=_facts(found, shown, viewer, say),
        button=words(f"desk_do_{action}"),
        until=words("desk_holds_until", until=say.weekday(found.until)) if found.until else "",
        action=f"{LINK_PATH}{token}",
        ends=words("desk_tap_ends", until=say.weekday(tap.until)) if tap and token else "",
        way=_way_on(viewer, shown, say),
    )  # fmt: skip


def _facts(
    found: TapView, alert: Alert | None, viewer: Viewer, say: Written
) -> list[tuple[str, str]]:
    if alert is None or found.tap is None:
        return []
    words, person = say.words, found.tap.person
    names = viewer.live.names()
    # Whom the mail was sent to knows their own name; who else reads it must be told in full.
    name = officer_label(names.officers.get(person, person), "full")
    rows = [
        (words("desk_tap_alert"), what_of(alert, words)),
        (words("desk_tap_dossier"), alert.dossier_id),
        (words("desk_tap_unit"), names.units.get(alert.unit, "")),
        (words("desk_tap_recorded"), name),
    ]
    return [row for row in rows if row[1]]


def _way_on(viewer: Viewer, alert: Alert | None, say: Written) -> Link:
    goal = f"/alerts/{alert.alert_id}" if alert is not None else "/alerts"
    if viewer.principal.means == "none":
        return Link(say.words("desk_tap_sign_in"), f"/enter?goal={quote(goal, safe='')}")
    return Link(say.words("desk_tap_open" if alert is not None else "desk_tap_inbox"), goal)


def _refused(viewer: Viewer, lang: Language, found: TapView, error: ActionError) -> HTMLResponse:
    say = Written(words_of(lang), calendar_in_use(viewer))
    return _bare(viewer, lang, error_text(error, viewer, say), error.status, found.alert)


def _failed(viewer: Viewer, lang: Language, code: str, status: int) -> HTMLResponse:
    answer = _bare(viewer, lang, words_of(lang)(f"desk_tap_{code}"), status)
    answer.headers["Retry-After"] = "5"
    return answer


def _bare(
    viewer: Viewer, lang: Language, text: str, status: int, alert: Alert | None = None
) -> HTMLResponse:
    say = Written(words_of(lang), calendar_in_use(viewer))
    return _answer(
        viewer, lang, status, title=say.words("desk_tap_head_refused"), text=text, good=False,
        done=False, facts=[], button="", until="", action="", ends="",
        way=_way_on(viewer, alert, say),
    )  # fmt: skip


def _answer(viewer: Viewer, lang: Language, status: int, **values: Any) -> HTMLResponse:
    answer = render("desk/one_tap.html", viewer, lang, status, **values)
    # A form of a page without any referrer comes with "Origin: null", as if from another site.
    answer.headers["Referrer-Policy"] = "same-origin" if values["good"] else "no-referrer"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
