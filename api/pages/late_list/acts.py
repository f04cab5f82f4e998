"""What somebody may do with a list now, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.late_list.asking import list_page
from api.pages.late_list.standing import ListStanding
from api.pages.late_list.wording import ListWords
from api.viewer import Viewer
from dossiers.publication.parts import Part, barred, too_early
from dossiers.publication.refusals import refusal_words


@dataclass(frozen=True)
class ListAct:
    """A way to the next step. ``href``: "" if it is locked, for the reason ``why``."""

    text: str
    href: str
    why: str = ""
    main: bool = False


@dataclass(frozen=True)
class ListRights:
    """What the reader may do with one edition. The values say why not: "" if they may, None if it
    is no part of theirs, or not now."""

    decide: str | None
    submit: str | None
    approve: str | None
    send_back: str | None
    publish: str | None
    sign: str | None
    correct: str | None
    reduce: str | None
    explain: str | None


def rights_in(viewer: Viewer, standing: ListStanding, say: ListWords) -> ListRights:
    """By role, stage, and what they have done before."""
    roles, edition = viewer.principal.roles, standing.edition
    office = "reform_office" in roles
    signs = office or "leader" in roles
    charged = bool({"officer", "supervisor"} & roles)

    def may(role: bool, now: bool, part: Part) -> str | None:
        if not role or not now:
            return None
        code = barred(edition, viewer.principal.person, part)
        return refusal_words(code, say.words.language) if code else closed(viewer, say)

    submitted, approved = edition.submitted is not None, edition.approved is not None
    published, reduced = edition.published is not None, edition.reduced is not None
    deciding = may(office, standing.reviewing, "review")
    return ListRights(
        decide=deciding,
        submit=_submit(deciding, standing, say),
        approve=may(signs, submitted and not approved, "approve"),
        send_back=may(signs, submitted and not published, "approve"),
        publish=may(signs, approved and not published, "publish"),
        sign=closed(viewer, say) if signs and published and not reduced else None,
        correct=closed(viewer, say) if office and published and not reduced else None,
        reduce=closed(viewer, say) if office and published and not reduced else None,
        explain=may(charged, not published, "explain"),
    )


def closed(viewer: Viewer, say: ListWords) -> str:
    """Why nobody writes here, "" if they may."""
    return "" if viewer.live.publication_desk.open else say.words("late_closed")


def _submit(deciding: str | None, standing: ListStanding, say: ListWords) -> str | None:
    if deciding == "" and too_early(standing.edition, say.now):
        until = standing.frozen.explain_until
        return say.words("late_why_too_early", at=say.written.weekday(until))
    if deciding == "" and next(standing.edition.pending(), None) is not None:
        return say.words("late_why_waiting")
    return deciding


def acts_of(rights: ListRights, standing: ListStanding, say: ListWords) -> Iterator[ListAct]:
    """The next step, as a button or locked; and what was done."""
    page = list_page(standing.id, "steps")
    for name in ("submit", "approve", "publish"):
        why = getattr(rights, name)
        if why is not None:
            href = "" if why else f"{page}#{name}"
            yield ListAct(say.words(f"late_act_{name}"), href, why, main=not why)
    yield ListAct(say.words("late_act_page"), page)
