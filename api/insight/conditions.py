"""A filter as conditions of SQL over table ``dossiers_by_end``: the one place that says what it
means.

Standings and marks are the stream's, as of each dossier's last change: a deadline that passes is a
change. So a row is as the live figures have it as soon as the sink has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from api.insight.boundaries import ranges_age, ranges_left
from api.insight.due_ranges import due_in
from api.insight.few import asks_for_few
from api.insight.filters import Filter
from api.insight.happenings import happened, within
from api.insight.kept_months import months_of
from api.insight.vocabulary import TOTAL
from api.insight.windows import span_of
from api.months import EVER
from api.statements import Where
from api.viewer import Viewer
from dossiers.reference.context import UNKNOWN, Context
from dossiers.wire.flags import AFTER_END
from dossiers.wire.keys import officer_scope, unit_scope

TABLE = "dossiers_by_end AS d FINAL"
_IDS = "SELECT d.dossier_id FROM dossiers_by_end AS d WHERE "
_MATCHING = "d.dossier_id IN (" + _IDS + "{} AND {}) AND {} AND {}"
# Stands for the dossiers that the whole statement asks for, which are known at its end.
_ASKED_FOR = "/* asked for */ 1"
# Of a dossier of which one record alone tells that is plain to read; of others the newest is made.
_TRAITS = (
    "(SELECT dossier_id FROM traits WHERE timeline = {timeline:String} AND "  # noqa: S608
    + _ASKED_FOR
    + " "
    "GROUP BY dossier_id HAVING count() "
)
_BY_CHANNEL = (
    "(d.dossier_id IN " + _TRAITS + "= 1 AND any(newest.channel) = {channel:UInt8}) "  # noqa: S608
    "OR d.dossier_id IN (SELECT dossier_id FROM traits_current "
    "WHERE channel = {channel:UInt8} AND dossier_id IN " + _TRAITS + "> 1)))"
)
MARKS = {
    "due_soon": "d.due_soon",
    "suspended": "(d.standing = 'waiting' OR d.standing = 'overdue' AND d.stopped_at IS NOT NULL)",
    "late_reception": "(d.late_reception AND d.standing = 'pending')",
    "step_overdue": "d.step_overdue",
    "extended": f"(d.extensions > 0 AND d.standing IN {TOTAL})",
    "reopened": "d.reopened_at IS NOT NULL",
    "flagged": f"(notEmpty(d.flags) AND d.flags != ['{AFTER_END}'])",
    "unended": "d.finished_at IS NULL",
    "unassigned": f"d.officer IN ('', '{UNKNOWN}')",
    "no_procedure": "d.procedure = ''",
}


@dataclass(frozen=True)
class Standpoint:
    """From where a question is asked. ``now``: ms, the watermark. ``scopes``: a dossier counts only
    if it has one of these; None: all do."""

    timeline: str
    now: int
    context: Context
    scopes: tuple[str, ...] | None

    @classmethod
    def listing(cls, viewer: Viewer) -> Standpoint:
        """Of somebody who may see dossiers: those in the own reach."""
        scopes = viewer.scopes()
        return cls._of(viewer, None if scopes is None else tuple(scopes))

    @classmethod
    def counting(cls, viewer: Viewer, filter_: Filter) -> Standpoint:
        """Of somebody who may see figures: all of a unit whose live figures they see, which for an
        officer is the own one; else as ``listing``."""
        if not filter_.officer and filter_.unit and viewer.sees_scope(unit_scope(filter_.unit)):
            return cls._of(viewer, None)
        return cls.listing(viewer)

    @classmethod
    def _of(cls, viewer: Viewer, scopes: tuple[str, ...] | None) -> Standpoint:
        view = viewer.view
        return cls(viewer.live.config.timeline, view.watermark or 0, view.context, scopes)


def where_of(filter_: Filter, at: Standpoint) -> Where:
    """The conditions, for a statement that reads ``TABLE``. Raises WindowError."""
    where = Where("d.timeline = {timeline:String}", timeline=at.timeline)
    if at.scopes is not None:
        where.add("hasAny(d.scopes, {within:Array(String)})", within=list(at.scopes))
    for name, add in _CONDITIONS.items():
        if value := getattr(filter_, name):
            add(where, value, at)
    if filter_.of_procedures:
        _of_procedures(where, filter_, at.context)
    if filter_.charged or filter_.charged_in:
        _charged(where, filter_, at)
    if filter_.what or filter_.window:
        happened(where, filter_, at.now, at.context.calendar)
    where.months = months_of(filter_, at.now, at.context.calendar)
    where.few = asks_for_few(filter_, at.scopes, at.now, at.context)
    return where


def matching(where: Where) -> str:
    """The conditions as a statement over ``TABLE`` should have them.

    Which dossiers match in any of their rows is found first, without FINAL, so that indexes and
    columns are read as in a plain table; of these few the newest row is made, and asked again.
    What matches in its newest row is among them: so the answer is that of FINAL alone. Where they
    may be a large part of all, FINAL alone costs less, and no memory for their ids. What is dear to
    ask is not asked twice.
    """
    months = str(where.months)
    text = f"{where} AND {months}"
    if where.few and where.months == EVER:
        text = _MATCHING.format(where.cheap, months, where, months)
    return text.replace(_ASKED_FOR, f"dossier_id IN ({_IDS}{where.cheap} AND {months})")


def _unit(where: Where, value: str, _: Standpoint) -> None:
    where.add("has(d.scopes, {unit:String})", unit=unit_scope(value))


def _officer(where: Where, value: str, _: Standpoint) -> None:
    where.add("has(d.scopes, {officer:String})", officer=officer_scope(value))


def _procedure(where: Where, value: str, _: Standpoint) -> None:
    where.equal("d.procedure", "procedure", value)


def _step(where: Where, value: str, _: Standpoint) -> None:
    where.equal("d.step", "step", value)


def _text(where: Where, value: str, _: Standpoint) -> None:
    where.add("positionCaseInsensitiveUTF8(d.dossier_id, {text:String}) > 0", text=value)


def _standing(where: Where, value: tuple[str, ...], _: Standpoint) -> None:
    where.add("d.standing IN {standings:Array(String)}", standings=list(value))


def _marks(where: Where, value: tuple[str, ...], _: Standpoint) -> None:
    for mark in value:
        where.add(MARKS[mark])


def _flags(where: Where, value: tuple[str, ...], _: Standpoint) -> None:
    where.add("hasAll(d.flags, {flags:Array(String)})", flags=list(value))


def _supplements(where: Where, value: int, _: Standpoint) -> None:
    where.add("d.supplements >= {supplements:UInt16}", supplements=value)


def _channel(where: Where, value: int, _: Standpoint) -> None:
    """By the newest traits of the dossiers that are asked for; one that has none came by no known
    channel."""
    where.add_dear(_BY_CHANNEL, channel=value)


def _left(where: Where, value: str, at: Standpoint) -> None:
    where.add("d.standing = 'within'")
    if value == "soon":
        where.add("d.due_soon")
    elif value == "none":
        where.add("d.due_at IS NULL AND NOT d.due_soon")
    else:
        where.add("NOT d.due_soon")
        due_in(where, "left", ranges_left(value, at.now, at.context))


def _age(where: Where, value: str, at: Standpoint) -> None:
    where.add("d.standing = 'overdue'")
    due_in(where, "age", ranges_age(value, at.now, at.context))


def _due(where: Where, value: str, at: Standpoint) -> None:
    within(where, "d.due_at", "due", span_of(value, at.now, at.context.calendar))


def _turns(where: Where, value: str, at: Standpoint) -> None:
    within(where, "d.next_at", "turns", span_of(value, at.now, at.context.calendar))


def _held_in(where: Where, value: str, at: Standpoint) -> None:
    units = units_under(value, at.context)
    where.add("hasAny(d.held_units, {held_units:Array(String)})", held_units=units)


def _held(where: Where, value: str, _: Standpoint) -> None:
    where.add("has(d.held_officers, {held:String})", held=value)


def _late_before(where: Where, value: str, _: Standpoint) -> None:
    """Late before the officer held it for the first time."""
    where.add("has(d.held_officers, {late_before:String})", late_before=value)
    where.add("d.held_inherited[indexOf(d.held_officers, {late_before:String})] > 0")


_CONDITIONS: dict[str, Callable[..., None]] = {
    "unit": _unit, "officer": _officer, "procedure": _procedure,
    "step": _step, "text": _text,
    "standing": _standing, "marks": _marks, "flags": _flags, "supplements": _supplements,
    "held": _held, "held_in": _held_in, "late_before": _late_before,
    "left": _left, "age": _age, "due": _due, "turns": _turns, "channel": _channel,
}  # fmt: skip


def _of_procedures(where: Where, filter_: Filter, context: Context) -> None:
    """By the reference data: what it does not list has no field, level or online service."""
    found = [
        procedure.id
        for procedure in context.reference.procedures
        if filter_.field in ("", procedure.field)
        and filter_.level in ("", procedure.level)
        and filter_.online in ("", procedure.online)
    ]
    where.add("d.procedure IN {procedures:Array(String)}", procedures=found)


def _charged(where: Where, filter_: Filter, at: Standpoint) -> None:
    """Of an open one whose clock runs, the present holder's part grows, if only from now on."""
    where.add(
        "arrayExists((o, u, c, n) -> " + " AND ".join(_charges(where, filter_, at)) + ", "
        "d.held_officers, d.held_units, d.held_charges, arrayEnumerate(d.held_charges))"
    )


def _charges(where: Where, filter_: Filter, at: Standpoint) -> Iterable[str]:
    yield "(c > 0 OR d.grows AND n = length(d.held_charges))"
    if filter_.charged:
        who = "" if filter_.charged == UNKNOWN else filter_.charged
        where.parameters["charged"] = [who, UNKNOWN] if not who else [who]
        yield "o IN {charged:Array(String)}"
    if filter_.charged_in:
        where.parameters["charged_in"] = units_under(filter_.charged_in, at.context)
        yield "u IN {charged_in:Array(String)}"


def units_under(unit: str, context: Context) -> list[str]:
    """The unit and all below it."""
    scope = unit_scope(unit)
    below = {u.id for u in context.reference.units if scope in context.scopes(u.id, "")}
    return sorted(below | {unit})
