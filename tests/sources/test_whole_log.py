"""What a log's rows mean together: lifecycle transitions, and what is said of all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.settings import MAX_MESSAGE_BYTES
from dossiers.wire.events import DueSet, Finished, Progressed, Received, Reopened
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import encode_reference
from sources.importer.log import import_log
from tests.sources.logs import NOW, Imported, imported, mapping, write_csv, write_xes

HEADER = ("case:concept:name", "concept:name", "time:timestamp", "lifecycle:transition", "case:due")
COLUMNS = {role: HEADER[place] for place, role in enumerate(("dossier", "activity", "time"))}
DAY = "2026-03-0{}T08:00:00+07:00".format


def at(event: Received | Finished | Progressed | Reopened) -> int:
    """The day of March on which it happened."""
    return (event.occurred_at - 1_772_326_800_000) // 86_400_000 + 1


def told(path: Path, rows: list[tuple[str, str, int, str]], **content: object) -> Imported:
    """Rows of (dossier, activity, day, transition), as XES."""
    cells = [(case, what, DAY(day), state, "") for case, what, day, state in rows]
    wanted = mapping(COLUMNS, **{"finished": ["End"], **content})
    return imported(write_xes(path / "log.xes", cells, HEADER), wanted)


LIFE = [
    ("A", "Intake", 1, "Schedule"),
    ("A", "Intake", 2, "COMPLETE"),
    ("A", "End", 2, "schedule"),
    ("A", "End", 6, "start"),
    ("A", "End", 9, "complete"),
]


def test_only_a_complete_activity_is_a_reception_or_an_end(tmp_path: Path) -> None:
    got = told(tmp_path, LIFE)
    assert [at(e) for e in got.of(Received)] == [2]
    assert [at(e) for e in got.of(Finished)] == [9]
    assert len(got.of(Progressed)) == 5
    assert (got.letters, got.warnings) == ([], [])


def test_a_row_without_a_transition_is_complete(tmp_path: Path) -> None:
    got = told(
        tmp_path, [(*row[:3], "" if row[3].lower() == "complete" else row[3]) for row in LIFE]
    )
    assert [at(e) for e in got.of(Finished)] == [9]
    got = told(
        tmp_path, [(*row[:3], "nan" if row[3].lower() == "complete" else row[3]) for row in LIFE]
    )
    assert [at(e) for e in got.of(Finished)] == [9]


def test_the_last_event_and_a_finished_column_end_a_dossier_whatever_the_transition(
    tmp_path: Path,
) -> None:
    got = told(tmp_path, [*LIFE, ("A", "Archive", 9, "start")], finished="last-event")
    assert [at(e) for e in got.of(Finished)] == [9]
    rows = [(*row[:2], DAY(row[2]), row[3], DAY(5)) for row in LIFE]
    by_column = mapping({**COLUMNS, "finished": "case:due"})
    got = imported(write_xes(tmp_path / "log.xes", rows, HEADER), by_column)
    assert [at(e) for e in got.of(Finished)] == [5]


def test_what_is_not_complete_anywhere_was_not_received(tmp_path: Path) -> None:
    """It is held by somebody, and may be due; but nothing says that it was taken in."""
    rows = [("A", "Intake", DAY(1), "start", DAY(7)), ("A", "End", DAY(2), "start", "")]
    with_due = mapping({**COLUMNS, "due": "case:due"}, finished=["End"])
    got = imported(write_xes(tmp_path / "log.xes", rows, HEADER), with_due)
    assert (got.of(Received), got.of(Finished), len(got.of(Progressed))) == ([], [], 2)
    assert [at(e) for e in got.of(DueSet)] == [1]


def test_in_csv_transitions_count_if_they_are_mapped(tmp_path: Path) -> None:
    rows = [(case, what, DAY(day), state, "") for case, what, day, state in LIFE]
    path = write_csv(tmp_path / "log.csv", rows, HEADER)
    plain = imported(path, mapping(COLUMNS, finished=["End"]))
    assert [at(e) for e in plain.of(Finished)] == [2]
    mapped = mapping({**COLUMNS, "lifecycle": "lifecycle:transition"}, finished=["End"])
    assert [at(e) for e in imported(path, mapped).of(Finished)] == [9]


def test_transitions_that_are_none_are_told_and_can_be_passed_over(tmp_path: Path) -> None:
    rows = [(*row[:3], f"state {row[3]}") for row in LIFE]
    got = told(tmp_path, rows)
    assert got.of(Finished) == []
    assert "its lifecycle transitions ('state Schedule', " in got.warnings[0]
    assert "are none of XES" in got.warnings[0]
    passed_over = mapping({**COLUMNS, "lifecycle": ""}, finished=["End"])
    got = imported(tmp_path / "log.xes", passed_over)
    assert [at(e) for e in got.of(Finished)] == [2]
    assert got.warnings == []
    assert told(tmp_path, [*rows, ("A", "x", 9, "resume")]).warnings != got.warnings


def test_reopen_is_read_and_held_against_the_activities(tmp_path: Path) -> None:
    rows = [*LIFE, ("A", "Reopened", 9, "complete")]
    found = told(tmp_path, rows, reopen=["Reopened", "Again"])
    assert found.warnings == []
    (again,) = found.of(Reopened)
    assert (at(again), again.step) == (9, "Reopened")
    # One time stamp for both: the end comes first, as it does in the file.
    (end,) = found.of(Finished)
    assert fact_order(fact_of(end)) < fact_order(fact_of(again))
    plain = told(tmp_path, rows)
    assert plain.of(Reopened) == []
    assert len(plain.events) == len(found.events)
    (warning,) = told(tmp_path, rows, reopen=["Reopend"]).warnings
    assert "no row has an activity of reopen" in warning
    assert "(did you mean 'Reopened'?)" in warning
    (warning,) = told(tmp_path, rows, finished=["Ende"]).warnings
    assert (
        "no dossier ends; check finished in the mapping (['Ende'] (did you mean 'End'?))" in warning
    )


def rows_on(days: list[int]) -> list[list[str]]:
    """A row each on that many days after 1 January 2020, at eight o'clock."""
    first = 1_577_836_800 // 86_400
    return [[f"A{n}", "x", f"{_date(first + day)}T08:00:00Z", "", ""] for n, day in enumerate(days)]


def _date(day: int) -> str:
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(day)).isoformat()


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (
            [0, 1, 2, 3, 250],
            ["row 5: its time 2020-09-07 08:00 lies 247 days after all others (246"],
        ),
        ([0, 1, 2, 3, 93], []),
        ([400, 401, 0, 402], ["row 3: its time 2020-01-01 08:00 lies 400 days before all others"]),
        ([0, 200, 201, 202, 900], ["row 5: ", "row 1: "]),
        ([0, 1, 2, 250, 251], []),  # two of five are no outliers
        ([0, 1, 2, 250, 500], ["row 5: "]),
        ([0, 250], []),
        ([*range(0, 2_000), 2_200, 2_300], ["row 2002: "]),
        (
            [*range(0, 1_999), 2_200, 2_200],
            ["row 2000: its time 2026-01-09 08:00 lies 202 days after"],
        ),
        ([*range(0, 1_998), 2_200, 2_201, 2_202], []),
    ],
)
def test_times_far_from_all_others_are_told(
    tmp_path: Path, days: list[int], said: list[str]
) -> None:
    got = imported(write_csv(tmp_path / "log.csv", rows_on(days), HEADER), mapping(COLUMNS))
    assert len(got.warnings) == len(said)
    for warning, expected in zip(got.warnings, said, strict=True):
        assert warning.startswith(f"log.csv, {expected}")
    assert got.counts.taken == len(days)


def test_an_end_far_from_all_others_is_told(tmp_path: Path) -> None:
    header = (*HEADER, "end")
    rows = [[*cells, "2020-01-09"] for cells in rows_on([0, 1, 2, 3])]
    rows[2][-1] = "2021-01-09"
    by_column = mapping({**COLUMNS, "finished": "end"})
    (warning,) = imported(write_csv(tmp_path / "log.csv", rows, header), by_column).warnings
    assert "dossier A2: its end 2021-01-09 00:00 lies 366 days after all others" in warning


@pytest.mark.parametrize("name", ["{}", "ậ" * 180 + "{}", '"\\' * 90 + "{}"])
def test_names_without_end_fit_into_one_record_of_reference_data(tmp_path: Path, name: str) -> None:
    header = (*HEADER, "unit", "officer")
    rows = [["A", "x", DAY(1), "", "", name.format(n), name.format(n)] for n in range(30_000)]
    path = write_csv(tmp_path / "log.csv", rows, header)
    with_names = mapping({**COLUMNS, "unit": "unit", "officer": "officer"})
    with import_log(path, with_names, tmp_path / "work", now=NOW) as log:
        reference, warnings = log.reference(), log.warnings()
    assert len(encode_reference(reference)) < MAX_MESSAGE_BYTES - 1_000_000
    lacking = 60_000 - len(reference.units) - len(reference.officers)
    assert [f"{lacking:,} times one was named" in warning for warning in warnings] == [True] * (
        lacking > 0
    )


def test_why_nothing_can_be_used_is_said_with_the_commonest_reason(tmp_path: Path) -> None:
    rows = [["", "x", DAY(1), "", ""], ["A", "x", "soon", "", ""], ["B", "x", "later", "", ""]]
    path = write_csv(tmp_path / "log.csv", rows, HEADER)
    with import_log(path, mapping(COLUMNS), tmp_path / "work", now=NOW) as log:
        said = log.nothing_usable() or ""
        assert (log.as_of, log.warnings()) == (None, [])
    assert "none of its 3 rows can be used; the commonest reason, in 2 of them, is bad_time" in said
    assert "line 3 (row 2): column 'time:timestamp' is 'soon'" in said
    path.write_text(",".join(HEADER) + "\n")
    with import_log(path, mapping(COLUMNS), tmp_path / "work", now=NOW) as log:
        assert log.nothing_usable() == "log.csv: holds no rows, so there is nothing to replay."
    write_csv(path, [["A", "x", DAY(1), "", ""]], HEADER)
    with import_log(path, mapping(COLUMNS), tmp_path / "work", now=NOW) as log:
        assert log.nothing_usable() is None
