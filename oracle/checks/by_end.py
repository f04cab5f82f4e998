"""The rows that pages count against the rows of dossiers: each is there once, and says the same."""

from __future__ import annotations

import time

from oracle.checks.report import Check
from oracle.ports import Database

_ASKINGS = 6  # the two tables are written one after the other
_PAUSE = 0.5  # s between two askings: on a busy machine that takes a moment
_SAID = """
SELECT dossier_id, version, {place} AS place, sipHash64(toString((
    epoch, offset, as_of, standing, unit, officer, step, procedure, scopes, submitted_at,
    received_at, due_at, finished_at, breached_at, late_reception_at, flags, supplements,
    resumed_at, extended_at, rewritten_at, held_units, held_officers, held_charges, late_work
))) AS said
FROM {table} FINAL WHERE timeline = {{timeline:String}}
"""
_COMPARED = f"""
SELECT count() AS compared, groupArrayIf(100)((dossier_id, kept, known), unlike) AS others,
    countIf(unlike) AS differing
FROM (
    SELECT dossier_id, countIf(place > 0) AS kept, countIf(place = 0) AS known,
        kept != 1 OR known != 1 OR min(said) != max(said) OR min(version) != max(version) AS unlike
    FROM ({_SAID.format(place="1", table="dossiers_by_end")}
        UNION ALL {_SAID.format(place="0", table="dossiers")})
    GROUP BY dossier_id
)
"""  # noqa: S608 (names of our own)


def check_by_end(store: Database, timeline: str) -> Check:
    """What differs in one asking and not in the next was being written."""
    check = Check("ClickHouse dossiers by the month of their end = ClickHouse dossiers")
    for asking in range(_ASKINGS):
        if asking:
            time.sleep(_PAUSE)
        row = store.query(_COMPARED, {"timeline": timeline})[0]
        check.compared = int(row["compared"])
        if not row["differing"]:
            return check
    for dossier_id, kept, known in row["others"]:
        check.differ(f"{dossier_id}: {_words(kept, known)}")
    check.differences = max(check.differences, int(row["differing"]))
    return check


def _words(kept: int, known: int) -> str:
    if (kept, known) == (1, 1):
        return "the two rows say different things"
    return f"{kept} rows by its end, {known} in the table of dossiers"
