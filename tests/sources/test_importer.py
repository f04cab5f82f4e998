"""What an imported log says happened."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.wire.events import Described, DueSet, Finished, Progressed, Received, Reopened
from dossiers.wire.traits import Traits
from sources.importer.log import import_log
from tests.sources.logs import COLUMNS, HEADER, imported, mapping, row, write_csv, write_xes

DAY = "2020-01-0{}T08:00:00Z"
FULL_HEADER = (*HEADER, "case:responsible", "case:start", "case:due", "case:end")
FULL = mapping(
    {
        **COLUMNS,
        "responsible": "case:responsible",
        "received": "case:start",
        "due": "case:due",
        "finished": "case:end",
    }
)


def ms(day: int, hour: int = 8) -> int:
    return 1_577_836_800_000 + ((day - 1) * 24 + hour) * 3_600_000


def full(
    day: int, *, start: str = "", due: str = "", end: str = "", activity: str = "x"
) -> list[str]:
    return [*row("A", activity, DAY.format(day)), "resp", start, due, end]


def test_one_event_a_row_in_time_order(tmp_path: Path) -> None:
    rows = [
        row("A", "b", DAY.format(2)),
        row("B", "a", DAY.format(1)),
        row("A", "c", DAY.format(1)),
    ]
    got = imported(write_csv(tmp_path / "log.csv", rows))
    assert [(e.dossier_id, e.step, e.occurred_at) for e in got.of(Progressed)] == [
        ("B", "a", ms(1)),
        ("A", "c", ms(1)),
        ("A", "b", ms(2)),
    ]
    first = got.of(Progressed)[0]
    assert (first.officer, first.unit, first.responsible) == ("anna", "desk", "")
    assert {e.dossier_id: e.occurred_at for e in got.of(Received)} == {"A": ms(1), "B": ms(1)}
    assert got.counts.read == 3
    assert got.counts.events == len(got.events)
    assert (got.of(Finished), got.letters, got.as_of) == ([], [], ms(2))


def test_ties_keep_reception_rows_and_finish_in_order(tmp_path: Path) -> None:
    rows = [full(1, activity=name, start=DAY.format(1), end=DAY.format(1)) for name in "zyx"]
    got = imported(write_csv(tmp_path / "log.csv", rows, FULL_HEADER), FULL)
    assert [type(e).__name__ for e in got.events] == ["Received", *["Progressed"] * 3, "Finished"]
    assert [e.step for e in got.of(Progressed)] == ["z", "y", "x"]
    assert sorted(got.events, key=lambda e: (e.occurred_at, e.source, e.source_seq)) == got.events


def test_reception_due_and_finish_come_from_their_columns_without_holders(tmp_path: Path) -> None:
    rows = [full(3, start="2020-01-02", due=DAY.format(9), end="2020-01-05T08:00:00+01:00")]
    got = imported(write_csv(tmp_path / "log.csv", rows, FULL_HEADER), FULL)
    received, step, finished = got.events
    assert isinstance(received, Received)
    assert (received.occurred_at, received.due_at) == (ms(2, 0), ms(9))
    assert isinstance(finished, Finished)
    assert finished.occurred_at == ms(5, 7)
    assert {received.unit, received.officer, finished.unit, finished.officer} == {""}
    assert (step.responsible, step.officer) == ("resp", "anna")


def test_an_empty_reception_is_the_first_activity(tmp_path: Path) -> None:
    got = imported(write_csv(tmp_path / "l.csv", [full(3), full(2)], FULL_HEADER), FULL)
    assert [e.occurred_at for e in got.of(Received)] == [ms(2)]


def test_a_changed_due_time_is_a_fact_of_its_own(tmp_path: Path) -> None:
    rows = [
        full(4, due=DAY.format(9)),
        full(1),
        full(2, due=DAY.format(7)),
        full(3, due=DAY.format(7)),
        full(5, due=DAY.format(7)),
    ]
    got = imported(write_csv(tmp_path / "l.csv", rows, FULL_HEADER), FULL)
    assert [e.due_at for e in got.of(Received)] == [ms(7)]
    assert [(e.occurred_at, e.due_at) for e in got.of(DueSet)] == [(ms(4), ms(9)), (ms(5), ms(7))]
    assert {e.reason for e in got.of(DueSet)} == {"correction"}


def test_of_several_finish_dates_the_last_counts(tmp_path: Path) -> None:
    rows = [full(1, end=DAY.format(5)), full(2, end=DAY.format(6)), full(3)]
    got = imported(write_csv(tmp_path / "l.csv", rows, FULL_HEADER), FULL)
    assert [e.occurred_at for e in got.of(Finished)] == [ms(6)]
    assert got.as_of == ms(6)


def test_the_first_listed_activity_ends_a_dossier(tmp_path: Path) -> None:
    rows = [
        row("A", "Archive", DAY.format(4)),
        row("A", "Send", DAY.format(2)),
        row("A", "Send", DAY.format(3)),
        row("B", "Open", DAY.format(1)),
    ]
    got = imported(write_csv(tmp_path / "l.csv", rows), mapping(finished=["Archive", "Send"]))
    assert [(e.dossier_id, e.occurred_at) for e in got.of(Finished)] == [("A", ms(2))]
    assert len(got.of(Progressed)) == 4


def test_with_last_event_nothing_stays_open(tmp_path: Path) -> None:
    rows = [row("A", "x", DAY.format(n)) for n in (2, 3, 1)] + [row("B", "x", DAY.format(1))]
    got = imported(write_csv(tmp_path / "l.csv", rows), mapping(finished="last-event"))
    assert {e.dossier_id: e.occurred_at for e in got.of(Finished)} == {"A": ms(3), "B": ms(1)}


def test_a_repeated_row_is_the_same_event_in_the_place_of_the_last(tmp_path: Path) -> None:
    rows = [row("A", "x"), row("A", "y"), row("A", "x"), row("A", "x", DAY.format(2))]
    got = imported(write_csv(tmp_path / "l.csv", rows))
    steps = got.of(Progressed)
    assert [(e.step, e.source_seq) for e in steps] == [("y", 2), ("x", 3), ("x", 3), ("x", 4)]
    assert steps[1] == steps[2]
    assert len({e.event_id for e in steps}) == 3
    assert got.counts.duplicates == 1


def test_rows_that_differ_in_an_unmapped_column_are_no_duplicates(tmp_path: Path) -> None:
    header = (*HEADER, "citizen")
    rows = [[*row(), "An"], [*row(), "Bình"], [*row(), ""]]
    got = imported(write_csv(tmp_path / "l.csv", rows, header))
    assert got.counts.duplicates == 0
    assert len({e.event_id for e in got.of(Progressed)}) == 3


def test_unmapped_columns_stay_outside(tmp_path: Path) -> None:
    header = (*HEADER, "citizen")
    rows = [[*row(), "Nguyen Van Secret"], [*row("B", "x", "never"), "Nguyen Van Secret"]]
    got = imported(write_csv(tmp_path / "l.csv", rows, header))
    assert len(got.letters) == 1
    assert "Secret" not in repr(got.events) + repr(got.letters)


def test_the_same_log_gives_the_same_events_however_it_is_written(tmp_path: Path) -> None:
    rows = [
        [*row("A", "Ký & duyệt <1>", DAY.format(2)), "resp", "2020-01-01", DAY.format(9), ""],
        [*row("A", 'nói "vâng"', DAY.format(3)), "resp", "2020-01-01", DAY.format(9), ""],
        [*row("B", "x", DAY.format(1)), "", "", "", DAY.format(4)],
        [*row("B", "x", DAY.format(1)), "", "", "", DAY.format(4)],
    ]
    turned = [values[::-1] for values in rows]
    logs = [
        write_csv(tmp_path / "log.csv", rows, FULL_HEADER),
        write_csv(tmp_path / "semicolon.csv", rows, FULL_HEADER, ";"),
        write_csv(tmp_path / "tab.csv", rows, FULL_HEADER, "\t"),
        write_csv(tmp_path / "turned.csv", turned, FULL_HEADER[::-1]),
        write_xes(tmp_path / "log.xes", rows, FULL_HEADER),
        write_xes(tmp_path / "log.xes.gz", rows, FULL_HEADER),
    ]
    first, *others = [imported(log, FULL) for log in logs]
    assert first.counts.duplicates == 1
    assert first.letters == []
    for other in others:
        assert (other.events, other.counts) == (first.events, first.counts)


def test_units_and_officers_become_reference_data(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "l.csv", [full(1), full(2)], FULL_HEADER)
    with import_log(path, FULL, tmp_path / "w", lambda phase, share: None) as log:
        reference = log.reference()
        marks = {log.fingerprint}
    assert [unit.id for unit in reference.units] == ["desk"]
    assert {officer.id for officer in reference.officers} == {"anna", "resp"}
    assert (reference.timezone, reference.calendar.kind, reference.limit) == ("UTC", "24x7", None)
    with import_log(path, FULL, tmp_path / "w") as log:
        assert {log.fingerprint} == marks


def test_warns_when_nothing_ends(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "l.csv", [row()])
    (warning,) = imported(path, mapping(finished=["Stat"])).warnings
    assert "no dossier ends" in warning


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("xy"), st.integers(1, 9)),
        min_size=1,
        max_size=30,
    )
)
def test_order_and_counts_of_any_log(tmp_path: Path, cells: list[tuple[str, str, int]]) -> None:
    rows = [row(case, activity, DAY.format(day)) for case, activity, day in cells]
    got = imported(write_csv(tmp_path / "l.csv", rows), mapping(finished="last-event"))
    assert got.counts.read == len(rows)
    assert got.counts.duplicates == len(cells) - len(set(cells))
    assert [e.occurred_at for e in got.events] == sorted(e.occurred_at for e in got.events)
    for case in {case for case, _, _ in cells}:
        mine = [(day, n, activity) for n, (c, activity, day) in enumerate(cells) if c == case]
        last = {(day, activity): (day, n) for day, n, activity in sorted(mine)}
        expected = [(ms(day), activity) for day, activity in sorted(last, key=lambda k: last[k])]
        told = [(e.occurred_at, e.step) for e in got.of(Progressed) if e.dossier_id == case]
        assert list(dict.fromkeys(told)) == expected
        (finished,) = [e for e in got.of(Finished) if e.dossier_id == case]
        assert finished.occurred_at == ms(max(day for day, _, _ in mine))


def test_a_reopened_dossier_has_an_end_again(tmp_path: Path) -> None:
    """After the first end only a row that reopens it makes room for another one."""
    wanted = mapping(COLUMNS, finished=["Trả"], reopen=["Mở lại"])
    life = ["Tiếp nhận", "Trả", "Trả", "Mở lại", "Thẩm định", "Trả", "Trả"]
    rows = [row("A", name, DAY.format(day)) for day, name in enumerate(life, 1)]
    got = imported(write_csv(tmp_path / "log.csv", rows), wanted)
    assert [e.occurred_at for e in got.of(Finished)] == [ms(2), ms(6)]
    (again,) = got.of(Reopened)
    assert (again.occurred_at, again.step, again.officer) == (ms(4), "Mở lại", "anna")
    assert len(got.of(Progressed)) == 6
    unmapped = imported(tmp_path / "log.csv", mapping(COLUMNS, finished=["Trả"]))
    assert [e.occurred_at for e in unmapped.of(Finished)] == [ms(2)]
    assert len(unmapped.of(Progressed)) == 7


TRAIT_HEADER = (*HEADER, "kênh", "phí", "số hóa", "CSDL", "ghi chú")
TRAITS = {"channel": "kênh", "fees": "phí", "digitised": "số hóa", "databases": "CSDL"}


def test_columns_of_traits_say_what_is_new_and_absent_is_not_zero(tmp_path: Path) -> None:
    rows = [
        [*row("A", "x", DAY.format(1)), "2", "0", "có", "CSDLDC | DKDN", "private"],
        [*row("A", "y", DAY.format(2)), "2", "", "", "", "other"],
        [*row("A", "z", DAY.format(3)), "", "3", "0", "NULL", ""],
        [*row("B", "x", DAY.format(1)), "", "", "", "", "private"],
    ]
    file = write_csv(tmp_path / "log.csv", rows, TRAIT_HEADER)
    got = imported(file, mapping(COLUMNS, traits=TRAITS))
    first, last = got.of(Described)
    codes = ("CSDLDC", "DKDN")
    assert first.traits == Traits(channel=2, fees=0, digitised=True, databases=codes)
    assert last.traits == Traits(channel=2, fees=3, digitised=False, databases=codes)
    assert (first.occurred_at, last.occurred_at) == (ms(1), ms(3))
    assert {event.dossier_id for event in got.of(Described)} == {"A"}
    assert got.letters == []
    assert [type(e) for e in imported(file).events].count(Described) == 0, "only if they are mapped"


def test_a_cell_that_is_no_trait_costs_only_itself_and_is_not_repeated(tmp_path: Path) -> None:
    cells = ["Nguyễn Văn A", "-1", "maybe", "Nguyễn Văn A"]
    rows = [
        [*row("A", "x", DAY.format(1)), *cells, ""],
        [*row("B", "x", DAY.format(1)), "1", "x" * 20_000, "0", "CSDLDC", ""],
    ]
    got = imported(
        write_csv(tmp_path / "log.csv", rows, TRAIT_HEADER), mapping(COLUMNS, traits=TRAITS)
    )
    assert len(got.of(Progressed)) == 2
    [event] = got.of(Described)
    assert event.traits == Traits(channel=1, digitised=False, databases=("CSDLDC",))
    assert [letter.reason for letter in got.letters] == ["bad_trait", "bad_trait"]
    assert not any("Nguy" in letter.detail + letter.payload for letter in got.letters)
