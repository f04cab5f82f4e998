"""What has happened to the alerts of one dossier or scope, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.pages.alerts.wording import AlertWords
from api.ports import Query
from api.statements import ms
from dossiers.wire.alerts import Alert

MOST = 500  # records of one dossier
_COLUMNS = f"""
  timeline, alert_id, sequence, kind, level, transition, dossier_id, unit, officer, step, procedure,
  {ms("a.due_at")}, {ms("a.detected_at")}, {ms("a.occurred_at")}, {ms("a.received_at")},
  overdue, open, source, action, actor, taken_by, taken_until, offered_to, snoozed_until, reason,
  text
"""
_OF_DOSSIER = "(a.dossier_id = {dossier:String} AND a.dossier_id != '')"
_SQL = f"""
SELECT {_COLUMNS} FROM alerts AS a FINAL
WHERE a.timeline = {{timeline:String}} AND ({_OF_DOSSIER} OR a.alert_id IN {{ids:Array(String)}})
ORDER BY a.detected_at DESC, a.alert_id, a.sequence DESC LIMIT {{most:UInt32}}
"""  # noqa: S608 (all of it is written here)


async def records_of(query: Query, timeline: str, dossier: str, ids: Sequence[str]) -> list[Alert]:
    """Every record of the alerts of a dossier ("" for none) and of those named, the newest first.
    Raises StoreAway."""
    asked = {"timeline": timeline, "dossier": dossier, "ids": list(ids), "most": MOST}
    return [Alert(**row) for row in await query.rows(_SQL, asked)]


_LAST = f"""
SELECT {_COLUMNS} FROM alerts AS a FINAL
WHERE a.timeline = {{timeline:String}} AND a.alert_id = {{id:String}}
ORDER BY a.sequence DESC LIMIT 1
"""  # noqa: S608


async def last_record(query: Query, timeline: str, alert_id: str) -> Alert | None:
    """The newest record of an alert. Raises StoreAway."""
    rows = await query.rows(_LAST, {"timeline": timeline, "id": alert_id})
    return Alert(**rows[0]) if rows else None


@dataclass(frozen=True)
class Happening:
    """One line. ``text``: what somebody wrote, "" if nothing, or if it was erased (``erased``)."""

    at: str
    what: str
    text: str = ""
    erased: bool = False


def happenings(
    records: Iterable[Alert], say: AlertWords, texts: Mapping[str, str | None]
) -> tuple[Happening, ...]:
    """``records``: in any order; the newest comes first. ``texts``: by hash, None if erased."""
    ordered = sorted(records, key=lambda r: (r.detected_at, r.alert_id, r.sequence))
    before: dict[str, Alert] = {}
    found: list[Happening] = []
    for record in ordered:
        if record.kind == "due_soon" and record.transition == "resolved":
            continue  # the reminder has done its work: what came of it says the next line
        found.append(_happening(record, before.get(record.alert_id), say, texts))
        before[record.alert_id] = record
    return tuple(reversed(found))


def _happening(
    record: Alert, before: Alert | None, say: AlertWords, texts: Mapping[str, str | None]
) -> Happening:
    at = say.city.local(record.detected_at).strftime("%d/%m %H:%M")
    if not record.action:
        return Happening(at, _transition(record, before, say))
    until = record.taken_until if record.action == "acknowledge" else record.snoozed_until
    what = say.words(
        f"inbox_did_{record.action}",
        who=say.person(record.actor),
        until=say.until(until) if until else "",
        to=say.person(record.offered_to or record.taken_by),
    )
    if record.reason and say.words.has(key := f"desk_reason_{record.reason}"):
        what += f": {say.words(key)}"
    text = texts.get(record.text) if record.text else ""
    return Happening(at, what, text or "", erased=bool(record.text) and text is None)


def _transition(record: Alert, before: Alert | None, say: AlertWords) -> str:
    words, transition = say.words, record.transition
    name = _name(record, say)
    if before is not None and before.transition == transition:
        return words("inbox_then_moved", what=name, who=_where(record, before, say))
    if transition == "raised" and before is not None and before.transition == "acknowledged":
        return words("inbox_then_expired", what=name)
    if transition == "raised":
        holder = say.holder(record)
        told = record.kind in ("overdue", "due_soon", "step_overdue") and holder
        return words("inbox_then_told", what=name, who=holder) if told else name
    return words(f"inbox_then_{transition}", what=name)


def _where(record: Alert, before: Alert, say: AlertWords) -> str:
    """Who has the dossier now: the unit if that is another one, else the officer."""
    return say.unit(record.unit) if record.unit != before.unit else say.holder(record)


def _name(record: Alert, say: AlertWords) -> str:
    if record.kind == "escalation":
        return say.words("inbox_level", n=record.level)
    if record.kind == "due_soon":
        return say.words("inbox_then_soon", n=record.level)
    return say.words(f"inbox_kind_{record.kind}")
