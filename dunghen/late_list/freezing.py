"""Freezing a month: its late list, with all that it was made from.

The fast way goes by ClickHouse (dunghen.late_list.stored), the other by the log alone
(dunghen.late_list.from_log). The same cut, secret and earlier lists give the same bytes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from broker.clients import AnyKafka
from dossiers.errors import UserError
from dossiers.publication.counting import CountedMonth, counted_month, said_of
from dossiers.publication.freezing import Freeze, FrozenList, frozen_list
from dossiers.publication.sealing import SECRET_BYTES
from dossiers.reference.context import Context
from dossiers.reference.in_force import InForce
from dossiers.reports.late_lines import Month
from dossiers.reports.late_list import last_of, month_of
from dossiers.time.hours import DAY
from dossiers.wire.late_lists import ListCore, Thresholds
from dossiers.wire.reference import decode_reference
from dossiers.wire.timeline import Timeline
from dunghen.clickhouse import connect
from dunghen.late_list.cut import KnownLog, await_rows, cut_now, reached_by
from dunghen.late_list.from_log import LogFacts
from dunghen.late_list.known import KnownDossier
from dunghen.late_list.refused import refused_places
from dunghen.late_list.stored import Dates, StoredFacts
from dunghen.settings.installation import Installation
from dunghen.terminal.month import no_month
from dunghen.timeline.reading import read_in_force, read_timeline
from dunghen.timeline.reference_topic import stored_line

Note = Callable[[str], None]
ListedBefore = Mapping[str, tuple[str, ...]]


class FactsAtCut(Protocol):
    """One of the two ways."""

    def dossiers(self, month: Month) -> Iterator[KnownDossier]:
        """Those that may stand in the list of ``month``."""

    def dates(self, latest: int) -> Dates:
        """Of what is dated up to ``latest`` (ms)."""


@dataclass(frozen=True)
class FreezeAsked:
    """``month``: YYYY-MM. ``scope``: a unit, "" for all. ``cites``: hash of the record that is
    corrected. ``listed_before``: by dossier, earlier months in whose list it stands. ``draft``:
    nothing is put on record, so the month need not be over, and a replay has one too."""

    month: str
    scope: str = ""
    edition: int = 1
    cites: str = ""
    listed_before: ListedBefore = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    draft: bool = False


def freeze(installation: Installation, asked: FreezeAsked, note: Note) -> FrozenList:
    """The list of a month as it is known now. Raises UserError, also for a month that is not
    over, unless it is asked for as a draft."""
    kafka, client = installation.kafka, installation.client
    timeline = read_timeline(kafka.bootstrap, client=client)
    if timeline is None:
        raise UserError(
            f"Kafka at {kafka.bootstrap} has no timeline yet: there is nothing to list."
        )
    _refuse_replay(timeline, asked)
    known = cut_now(kafka, timeline)
    _, in_force = read_in_force(kafka.bootstrap, known.watermark, client=client)
    month = month_asked(asked, known.watermark, in_force)
    store = connect(installation)
    try:
        note("Waiting until ClickHouse has what the log has ...")
        await_rows(reached_by(store, kafka, timeline), known.ends)
        note(f"Judging the dossiers of {asked.month} ...")
        refused = refused_places(kafka, timeline.id, known.cut.dead_letters)
        facts = StoredFacts(store, kafka, timeline.id, known.cut, refused)
        # Nobody keeps a draft, so there is nothing to hide in it: the same log gives the same one.
        secret = bytes(SECRET_BYTES) if asked.draft else secrets.token_bytes(SECRET_BYTES)
        return frozen_from(facts, asked, known, timeline, month, in_force, secret)
    finally:
        store.close()


def frozen_from(
    facts: FactsAtCut,
    asked: FreezeAsked,
    known: KnownLog,
    timeline: Timeline,
    month: Month,
    in_force: InForce,
    secret: bytes,
) -> FrozenList:
    """The list of ``month`` from these facts."""
    now = known.watermark
    context = in_force.at(last_of(month, now))
    counted = _count(facts, asked, month, now, context, in_force)
    dates = facts.dates(now + DAY)
    made = Freeze(
        month=month,
        scope=asked.scope,
        edition=asked.edition,
        cites=asked.cites,
        simulation=timeline.kind == "simulation",
        timeline=timeline.id,
        cut=known.cut,
        watermark=now,
        as_of=min(now, month.end),
        thresholds=asked.thresholds,
        first_at=dates.first,
        last_at=dates.last,
    )
    return frozen_list(made, counted, context, secret)


def remake(
    kafka: AnyKafka,
    timeline: Timeline,
    references: Mapping[str, bytes],
    in_force: InForce,
    core: ListCore,
    secret: bytes,
    listed_before: ListedBefore,
) -> FrozenList:
    """The frozen list with this ``core`` once more, from the log alone. ``references``: reference
    data by content hash; ``in_force``: all that counts when. Raises UserError if the log is another
    one, or does not reach back to its start."""
    if core.timeline != timeline.id:
        raise UserError(
            f"The list of {core.id} was made from the timeline {core.timeline}; this log is "
            f"{timeline.id}. It cannot be made again from it."
        )
    asked = FreezeAsked(
        core.month, core.scope, core.edition, core.cites, listed_before, core.thresholds, draft=True
    )
    refused = refused_places(kafka, timeline.id, core.cut.dead_letters)
    facts = LogFacts(
        kafka, timeline.id, core.cut, refused, lambda hash_: decode_reference(references[hash_])
    )
    known = KnownLog(core.cut, core.watermark, {})
    month = Month(core.month, core.start, core.end)
    made = frozen_from(facts, asked, known, timeline, month, in_force, secret)
    if facts.watermark != core.watermark:
        raise UserError(
            f"The list of {core.id} says that the log was known until {core.watermark}; by its "
            f"offsets it was until {facts.watermark}."
        )
    return made


def remade(
    installation: Installation, core: ListCore, secret: bytes, listed_before: ListedBefore
) -> FrozenList:
    """``remake`` from the log of this installation. Raises UserError."""
    kafka, client = installation.kafka, installation.client
    line = stored_line(kafka.bootstrap, client)
    if line.timeline is None:
        raise UserError(f"Kafka at {kafka.bootstrap} has no timeline: there is no log.")
    _, in_force = read_in_force(kafka.bootstrap, core.watermark, client=client)
    return remake(kafka, line.timeline, line.references, in_force, core, secret, listed_before)


def _count(
    facts: FactsAtCut, asked: FreezeAsked, month: Month, now: int, context: Context,
    in_force: InForce,
) -> CountedMonth:  # fmt: skip
    dossiers = (
        (known.dossier, known.facts, said_of(known.actions)) for known in facts.dossiers(month)
    )
    before = asked.listed_before
    return counted_month(dossiers, month, now, context, asked.scope, in_force, before)


def _refuse_replay(timeline: Timeline, asked: FreezeAsked) -> None:
    if timeline.kind == "replay" and not asked.draft:
        raise UserError(
            "This is a replay: its late lists are no office's, so none is put on record.",
            "Look at one with `dunghen late-list draft`.",
        )


def month_asked(asked: FreezeAsked, now: int, in_force: InForce) -> Month:
    """The month that is asked for, as of ``now`` (ms). Raises UserError for what is no month, has
    not come or is not over, and for an unknown unit."""
    try:
        month = month_of(asked.month, in_force.at(now))
    except ValueError as error:
        raise no_month(asked.month) from error
    if now < month.start:
        raise UserError(f"The data do not reach {asked.month} yet.")
    if now < month.end and not asked.draft:
        raise UserError(
            f"{asked.month} is not over: the data reach "
            f"{in_force.at(now).calendar.local(now).strftime('%Y-%m-%d %H:%M')}.",
            "A month is frozen once every part of the data has passed its end; a draft shows it "
            "before.",
        )
    units = {unit.id for unit in in_force.at(last_of(month, now)).reference.units}
    if asked.scope and units and asked.scope not in units:
        raise UserError(
            f"There is no unit {asked.scope!r} in the reference data of {asked.month}.",
            f"Units are, for example, {', '.join(sorted(units)[:5])}.",
        )
    return month
