"""What a dossier's facts add up to: its course, without any notion of now."""

from __future__ import annotations

import msgspec

from dossiers.wire.facts import Limit
from dossiers.wire.records import DossierRecord, Variant


class Course(msgspec.Struct):
    """What the facts say. Times in ms; ``outcome`` is "" while the dossier is open.

    ``calendar`` (a name), ``limit``: by which the due time runs; they stay when the dossier moves.
    ``rules``: name of the rule version of the day of reception, "" before the first one.
    ``extensions``: how many new due times with that reason. ``rewrites``: when facts came that are
    flagged so. ``step_due_at``: when the present step's limit is used up; see
    dossiers.fold.step_clock, also for ``steps_left`` (working ms by step). ``step_breaches``: such
    instants of steps left. ``restarted_at``: when the limit last began anew, also where the due
    time stayed the same. ``end_status``: 9 or 10, of an end that is ``finished``. ``reopened_at``:
    open again since, after its end; ``reopenings``: the earlier times, each with the instant at
    which it ended again. ``due_since``: of a stopped dossier, when its due time was set while the
    clock stood, if it was. ``promised_at``: the last due time that the source named; kept where a
    limit can begin anew. ``judged_until``: until when a fact may be dated that changes which new
    due times count. ``known_step``: to which the present step belongs that the procedure does not
    know. ``step_over``: somebody has said that the present step is over. ``named``: steps, and
    whether as over, that were named before the procedure was known; no record keeps them.
    """

    unit: str = ""
    officer: str = ""
    step: str = ""
    procedure: str = ""
    submitted_at: int | None = None
    received_at: int | None = None
    due_at: int | None = None
    first_due_at: int | None = None
    stopped_at: int | None = None
    outcome: str = ""
    finished_at: int | None = None
    flags: tuple[str, ...] = ()
    responsible: bool = False  # the officer was named so, and outranks who acts
    calendar: str = ""
    limit: Limit | None = None
    rules: str = ""
    # Of a rewritten dossier: without any rewrite, and with all of them.
    unrewritten: Variant | None = None
    rewritten: Variant | None = None
    extensions: int = 0
    rewrites: tuple[int, ...] = ()
    step_due_at: int | None = None
    steps_left: tuple[tuple[str, int], ...] = ()
    step_breaches: tuple[int, ...] = ()
    restarted_at: int | None = None
    # As the snapshots showed it, where that differs; see DossierRecord.
    as_shown: Variant | None = None
    shown_at: int | None = None
    end_status: int = 0
    reopened_at: int | None = None
    reopenings: tuple[tuple[int, int], ...] = ()
    due_since: int | None = None
    promised_at: int | None = None
    judged_until: int = 0
    known_step: str = ""
    step_over: bool = False
    named: tuple[tuple[str, bool], ...] = ()


def course_of(record: DossierRecord) -> Course:
    """The course a header remembers: enough to let time pass, or to add a last fact."""
    return Course(
        record.named_unit or record.unit, record.officer, record.step, record.procedure,
        record.submitted_at, record.received_at, record.due_at, record.first_due_at,
        record.stopped_at, record.outcome, record.finished_at, record.flags, record.responsible,
        record.calendar, record.limit, record.rules, record.unrewritten, record.rewritten,
        record.extensions, record.rewrites, record.step_due_at, record.steps_left,
        record.step_breaches, record.restarted_at, record.as_shown, record.shown_at,
        record.end_status, record.reopened_at, record.reopenings, record.due_since,
        record.promised_at, record.judged_until, record.known_step, record.step_over,
    )  # fmt: skip
