"""What a dossier's facts add up to: its course, without any notion of now."""

from __future__ import annotations

from typing import Literal

import msgspec

from dossiers.wire.facts import Limit

Ending = Literal["finished", "refused", "withdrawn"]
Outcome = Ending | Literal[""]  # "" while a dossier is open


class Variant(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How a dossier stands by another reading of its facts (times in ms). ``received_at``: if
    that is not the reception that counts."""

    due_at: int | None = None
    stopped_at: int | None = None
    outcome: Outcome = ""
    finished_at: int | None = None
    received_at: int | None = None


class Course(msgspec.Struct, gc=False, omit_defaults=True):
    """What the facts say. Times in ms. The fold changes it; the one of a record is never changed
    but copied first.

    ``unit``: as the facts name it, also where that has ended. ``responsible``: the officer was
    named so, and outranks who acts. ``stopped_at``: the clock stands since. ``outcome``,
    ``finished_at``: of the first end. ``calendar`` (a name, "" for the reference's own), ``limit``
    (also if the source gave the due time): by which the due time runs; they stay when the
    dossier moves. ``rules``: name of the rule version of the day of reception, "" before the first
    one. ``flags``: what is odd about the facts. ``unrewritten``, ``rewritten``: of one with the
    flag "rewritten" the readings without any change of a due time or an end, and with all of them.
    ``as_shown``: the reading by which what a snapshot contradicted while it passed had happened
    when the last such snapshot was made (the latest at ``shown_at``).

    ``extensions``: how many new due times with that reason. ``rewrites``: when facts came that are
    flagged so. ``step_due_at``: when the present step's limit is used up; see
    dossiers.fold.step_clock, also for ``steps_left`` (working ms by step). ``step_breaches``: such
    instants of steps left. ``restarted_at``: when the limit last began anew, also if the due
    time stayed the same. ``end_status``: 9 or 10, of an end that is ``finished``. ``reopened_at``:
    open again since, after its end; ``reopenings``: the earlier times, each with the instant at
    which it ended again. ``due_since``: of a stopped dossier, when its due time was set while the
    clock stood, if it was. ``promised_at``: the last due time that the source named; kept where a
    limit can begin anew. ``judged_until``: until when a fact may be dated that changes which new
    due times count. ``known_step``: to which the present step belongs that the procedure does not
    know. ``step_over``: somebody has said that the present step is over. ``stop_status``: by
    which the clock stands, 0 while it runs. ``asked``, ``answered``: when stops by status 5 began
    and ended. ``unexplained``: when a later due time was recorded that counts and is no extension.
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
    outcome: Outcome = ""
    finished_at: int | None = None
    flags: tuple[str, ...] = ()
    responsible: bool = False
    calendar: str = ""
    limit: Limit | None = None
    rules: str = ""
    unrewritten: Variant | None = None
    rewritten: Variant | None = None
    extensions: int = 0
    rewrites: tuple[int, ...] = ()
    step_due_at: int | None = None
    steps_left: tuple[tuple[str, int], ...] = ()
    step_breaches: tuple[int, ...] = ()
    restarted_at: int | None = None
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
    stop_status: int = 0
    asked: tuple[int, ...] = ()
    answered: tuple[int, ...] = ()
    unexplained: tuple[int, ...] = ()
