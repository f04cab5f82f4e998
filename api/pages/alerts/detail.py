"""One thread beside the list, or as a page of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from api.inbox.items import InboxItem
from api.insight.filters import Filter
from api.pages.alerts.deeds import Deeds, deeds_of
from api.pages.alerts.history import Happening, happenings, records_of
from api.pages.alerts.life_bar import LifeBar, life_bar
from api.pages.alerts.offers import Offers
from api.pages.alerts.rows import state_of
from api.pages.alerts.wording import MARKS, AlertWords
from api.pages.dossiers.access import dossier_page, opens_officer, unit_link
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierStory, story_of
from api.pages.navigation import opens
from api.pages.parts.marks import Shape, Tone
from api.ports import StoreAway
from api.queries import Row, find_dossier
from api.viewer import Viewer
from dossiers.wire.alerts import Alert

Fact = tuple[str, str, str]  # name, value, where it leads ("" nowhere)


@dataclass(frozen=True)
class AlertDetail:
    """``kicker``: the line above the title. ``lead``, ``rest``: why, in a sentence. ``state``: who
    has taken it, "" while it waits. ``away``: what cannot be told while ClickHouse is away."""

    shape: Shape
    tone: Tone
    kicker: str
    title: str
    lead: str
    rest: str
    state: str
    bar: LifeBar | None
    facts: tuple[Fact, ...]
    deeds: Deeds
    history: tuple[Happening, ...]
    away: bool


async def detail_of(item: InboxItem, offers: Offers, say: AlertWords) -> AlertDetail:
    """Asks ClickHouse for the dossier and for what has happened; without it, what the live view
    knows is told all the same."""
    viewer, main = say.viewer, item.main
    dossier = main.dossier_id
    try:
        row = await _dossier(dossier, viewer)
        ids = [alert.alert_id for alert in item.alerts]
        records = await records_of(
            viewer.live.query, viewer.live.config.timeline, dossier if row else "", ids
        )
        away = False
    except StoreAway:
        row, records, away = None, [], True
    known = _all_records(records, item)
    texts = await asyncio.to_thread(_texts, known, viewer)
    story = None if row is None else await asyncio.to_thread(_story, row, say)
    written = Written(say.words, say.city)
    lead, rest = _sentence(story, main, say)
    shape, tone = MARKS.get(main.kind, ("", "neutral"))
    return AlertDetail(
        shape=shape,
        tone=tone,
        kicker=_kicker(item, say),
        title=say.title(main),
        lead=lead,
        rest=rest,
        state=state_of(item, say),
        bar=None if story is None else life_bar(story, written),
        facts=tuple(_facts(item, story, say, written)),
        deeds=deeds_of(item, offers, say),
        history=happenings(known, say, texts),
        away=away,
    )


async def _dossier(dossier: str, viewer: Viewer) -> Row | None:
    if not dossier:
        return None
    timeline = viewer.live.config.timeline
    return await find_dossier(viewer.live.query, timeline, dossier, viewer.scopes())


def _story(row: Row, say: AlertWords) -> DossierStory:
    viewer = say.viewer
    now = max(say.at.now, row["as_of"])
    return story_of(row["id"], row["facts"], now, viewer.view.in_force, viewer.labels)


def _texts(records: Iterable[Alert], viewer: Viewer) -> dict[str, str | None]:
    """What was written, by hash; None of what was erased, or is not on this machine."""
    hashes = {record.text for record in records if record.text}
    acting = viewer.live.acting
    return {hash_: acting.texts.read(hash_) if acting else None for hash_ in hashes}


def _all_records(records: Iterable[Alert], item: InboxItem) -> list[Alert]:
    """With what the live view has and ClickHouse not yet."""
    found = {(record.alert_id, record.sequence): record for record in records}
    for alert in item.alerts:
        found.setdefault((alert.alert_id, alert.sequence), alert)
    return list(found.values())


def _kicker(item: InboxItem, say: AlertWords) -> str:
    alert = item.main
    name = say.words(f"inbox_kind_{alert.kind}")
    if alert.kind == "escalation":
        name = say.words(f"inbox_escalated_{alert.level}")
    return say.words("inbox_kicker", what=name, at=say.clock(item.since))


def _sentence(story: DossierStory | None, alert: Alert, say: AlertWords) -> tuple[str, str]:
    """Why the dossier counts as it does; of a scope, what its alert says."""
    if story is None:
        key = f"inbox_why_{alert.kind}"
        values = {"overdue": alert.overdue, "open": alert.open, "at": say.clock(alert.due_at)}
        return (say.words(key, **values), "") if say.words.has(key) else ("", "")
    text = story.sentence[say.words.language]
    for mark in (": ", "; "):
        lead, found, rest = text.partition(mark)
        if found:
            return lead + mark.strip(), rest
    return text, ""


def _facts(
    item: InboxItem, story: DossierStory | None, say: AlertWords, written: Written
) -> Iterable[Fact]:
    main, words, viewer = item.main, say.words, say.viewer
    if main.dossier_id:
        link = dossier_page(main.dossier_id) if story is not None else ""
        yield (words("dossier"), main.dossier_id, link)
        yield (words("procedure"), viewer.labels.procedure(main.procedure) or "–", "")
        yield _held_by(item, story, say, written)
        if story is not None and story.case.course.due_at is not None:
            yield (words("due"), written.moment(story.case.course.due_at), "")
    elif main.source:
        link = "/data/sources" if opens(viewer.principal, "/data/sources") else ""
        yield (words("inbox_source"), say.source(main.source), link)
    if main.unit:
        yield (words("unit"), say.unit(main.unit), unit_link(viewer, main.unit))
    if main.kind in ("unit_backlog", "officer_backlog"):
        yield _backlog(main, say)


def _held_by(
    item: InboxItem, story: DossierStory | None, say: AlertWords, written: Written
) -> Fact:
    officer, since = item.main.officer, 0
    if story is not None and story.case.holdings:
        officer, since = story.case.holdings[-1].officer, story.case.holdings[-1].start
    name = say.viewer.labels.officer(officer) if officer else say.words("inbox")
    if since:
        name = say.words("inbox_held_since", who=name, at=written.short(since))
    return (say.words("inbox_held"), name, opens_officer(say.viewer)(officer) if officer else "")


def _backlog(alert: Alert, say: AlertWords) -> Fact:
    asked = (
        Filter(officer=alert.officer, standing=("overdue",))
        if alert.kind == "officer_backlog"
        else Filter(unit=alert.unit, standing=("overdue",))
    )
    text = say.words("inbox_backlog_now", overdue=alert.overdue, open=alert.open)
    return (say.words("inbox_backlog"), text, asked.url())
