"""The list that is published: the frozen one less what the review took out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.publication.effects import Touched, effect_of
from dossiers.publication.lines import lines_of, parents_of, totals_of
from dossiers.publication.listing import DoesNotAddUp, ListFiles, list_of, reduced_of
from dossiers.publication.reasons import RELIEFS, relieving
from dossiers.publication.reviewed import (
    NOTHING_REVIEWED,
    Reviewed,
    cases_of,
    reviewed,
    with_decision,
)
from dossiers.publication.sealing import hashes_of
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import Charge, Counts, NamesPolicy, Thresholds
from dossiers.wire.publications import Case
from tests.dossiers.publication.made_lists import (
    BUILDING,
    HOUR,
    JUSTICE,
    KIEN,
    LAND,
    LONG,
    PEOPLE,
    SECRET,
    TOWN,
    TUAN,
    MadeList,
    Y,
    small_list,
)
from tests.dossiers.publication.made_records import TUAN_1, TUAN_2, Story, digest, published_story

FROZEN = small_list()
CASES = [case for one in FROZEN.rows.dossiers for case in cases_of(one.row)]
INBOX = Case("H99-2004", LAND)
WITHOUT_EXCLUDED = {name for name in Counts.__struct_fields__ if name != "excluded"}


def published(
    found: Reviewed, policy: NamesPolicy = "name", frozen: MadeList = FROZEN
) -> ListFiles:
    core, rows, sheet, secret = frozen
    return list_of(core, rows, sheet, found, policy, secret, {digest("why"): "Đã nghỉ phép"})


def accepting(*cases: Case, reason: str = "leave", text: str = "") -> Reviewed:
    return with_decision(NOTHING_REVIEWED, cases, (), reason, text)


def late_of(files: ListFiles | MadeList) -> dict[tuple[str, str], Counts]:
    units = {(line.unit, ""): line.counts for line in files.core.units}
    return units | {(o.row.unit, o.row.officer): o.row.counts for o in files.rows.officers}


@st.composite
def reviews(draw: st.DrawFn) -> Reviewed:
    """Anything that a review may come to."""
    found = NOTHING_REVIEWED
    for case in draw(st.lists(st.sampled_from(CASES), unique=True)):
        reasons = list(RELIEFS) if case.officer else relieving("unit")
        if draw(st.booleans()):
            found = with_decision(found, (case,), (), draw(st.sampled_from(reasons)))
        else:
            found = with_decision(found, (), (case,), "workload")
    return found


def test_relief_of_a_holder_leaves_the_unit_as_it_was() -> None:
    files = published(accepting(TUAN_1, text=digest("why")))
    before, after = late_of(FROZEN), late_of(files)
    assert (before[BUILDING, TUAN].late, after[BUILDING, TUAN].late) == (4, 3)
    assert after[BUILDING, TUAN].excluded == 1
    assert after[BUILDING, ""] == before[BUILDING, ""]
    assert after[BUILDING, LONG] == before[BUILDING, LONG]
    row = next(one.row for one in files.rows.dossiers if one.row.dossier == "H99-1001")
    assert sum(charge.amount for charge in row.charges) == row.late
    assert row.charges[0] == Charge(
        unit=BUILDING, officer="", step="tham-dinh", amount=9 * HOUR, relieved=True
    )
    (excluded,) = (one.row for one in files.rows.excluded)
    assert (excluded.officer, excluded.relief, excluded.text) == (TUAN, "holder", "Đã nghỉ phép")
    assert files.core.whole == FROZEN.core.whole


def test_relief_of_the_unit_takes_the_dossier_out_of_every_list() -> None:
    shared = Case("H99-2001", LAND, KIEN)  # TUAN of another unit is charged with it as well
    files = published(accepting(shared, reason="other_agency"))
    before, after = late_of(FROZEN), late_of(files)
    for who in ((LAND, KIEN), (BUILDING, TUAN), (LAND, ""), (BUILDING, ""), (TOWN, "")):
        assert after[who].late == before[who].late - 1
        assert (after[who].total, after[who].excluded) == (before[who].total, 1)
    assert "H99-2001" not in {one.row.dossier for one in files.rows.dossiers}
    assert (files.core.whole.late, files.core.whole.excluded) == (11, 1)


def test_an_officer_of_whom_nothing_is_left_is_not_named_as_late() -> None:
    files = published(accepting(Case("H99-3001", JUSTICE, Y), Case("H99-3002", JUSTICE, Y)))
    assert (JUSTICE, Y) not in late_of(files)
    assert late_of(files)[JUSTICE, ""].late == 2
    assert [one.row.officer for one in files.rows.excluded] == [Y, Y]


def test_what_is_relieved_is_nobodys_failing_to_be_known() -> None:
    assert published(accepting(TUAN_1)).core.whole.unmatched == FROZEN.core.whole.unmatched


def test_a_dossier_that_two_reasons_take_out_is_taken_out_once() -> None:
    found = with_decision(accepting(TUAN_1), (Case("H99-1001", BUILDING),), (), "system_down")
    files = published(found)
    assert [one.row.reason for one in files.rows.excluded] == ["system_down"]
    assert files.core.whole.excluded == 1
    assert late_of(files)[BUILDING, TUAN].late == 3


@given(reviews())
def test_published_is_frozen_less_excluded(found: Reviewed) -> None:
    before, files = late_of(FROZEN), published(found)
    after = late_of(files)
    gone = {d.row.dossier for d in FROZEN.rows.dossiers} - {
        d.row.dossier for d in files.rows.dossiers
    }
    assert gone == {one.row.dossier for one in files.rows.excluded if one.row.relief == "unit"}
    assert files.core.whole.excluded == len(gone)
    assert files.core.whole.late == FROZEN.core.whole.late - len(gone)
    for who, counts in before.items():
        left = after.get(who)
        if left is None:
            assert who[1], "a unit never leaves the list"
            continue
        assert (left.late + left.excluded, left.total) == (counts.late, counts.total)
    freed = {(e.row.unit, "") for e in files.rows.excluded if e.row.relief == "holder"}
    for who in freed:  # of a unit nothing goes with its officers' charges
        gone_here = {d.row.dossier for d in FROZEN.rows.dossiers if d.row.dossier in gone
                     and any(c.unit == who[0] for c in d.row.charges)}  # fmt: skip
        assert after[who].excluded == len(gone_here)


@given(reviews())
def test_the_list_is_what_its_own_rows_add_up_to(found: Reviewed) -> None:
    files = published(found)
    core, rows = files.core, files.rows
    again = lines_of(
        (one.row for one in rows.dossiers),
        (one.row for one in rows.receptions),
        totals_of(core.whole, core.units, (one.row for one in rows.officers)),
        parents_of(core.units),
    )
    assert _counted(again.whole) == _counted(core.whole)
    assert [_counted(line.counts) for line in again.units] == [
        _counted(line.counts) for line in core.units
    ]
    officers = {(o.row.unit, o.row.officer): o.row for o in rows.officers}
    assert {(line.unit, line.officer): line.days for line in again.officers} == {
        who: line.days for who, line in officers.items()
    }
    for one in rows.dossiers:
        assert sum(charge.amount for charge in one.row.charges) == one.row.late


def _counted(counts: Counts) -> Mapping[str, int]:
    return {name: getattr(counts, name) for name in WITHOUT_EXCLUDED}


@given(reviews(), reviews())
def test_an_effect_is_what_the_two_lists_have(before: Reviewed, after: Reviewed) -> None:
    effect = effect_of(FROZEN.core, FROZEN.rows, before, after)
    without, decided = published(before), published(after)
    old, new = late_of(without), late_of(decided)
    assert (effect.whole.before, effect.whole.after) == (
        without.core.whole.late, decided.core.whole.late
    )  # fmt: skip
    touched = {(line.unit, line.officer): line for line in (*effect.units, *effect.officers)}
    for who in late_of(FROZEN):
        was, becomes = _late(old, who), _late(new, who)
        if who in touched:
            assert (touched[who].before, touched[who].after) == (was, becomes)
        else:
            assert was == becomes


def _late(found: Mapping[tuple[str, str], Counts], who: tuple[str, str]) -> int:
    return found[who].late if who in found else 0


def test_an_effect_says_what_the_reviewer_reads() -> None:
    effect = effect_of(FROZEN.core, FROZEN.rows, NOTHING_REVIEWED, accepting(TUAN_1, TUAN_2))
    officer = effect.officers[1]
    assert officer == Touched(BUILDING, TUAN, 86, 4, 2)
    assert tuple(map(str, officer.rates(Thresholds()))) == ("4.7", "2.3")
    assert [(line.unit, line.before, line.after) for line in effect.units] == [
        (TOWN, 12, 12), (BUILDING, 6, 6)
    ]  # fmt: skip


def test_positions_stand_without_names_or_ids() -> None:
    files = published(accepting(TUAN_1, text=digest("why")), "position")
    said = canonical_json((files.core, files.rows)).decode()
    assert not any(officer in said or name in said for officer, (name, _) in PEOPLE.items())
    assert files.sheet is None
    assert {one.row.position for one in files.rows.officers} == {
        position for _, position in PEOPLE.values()
    }
    assert files.rows.excluded[0].row.text == ""


def test_the_annex_without_names_keeps_no_order_of_people() -> None:
    first, second = Case("H99-1001", BUILDING, LONG), Case("H99-1001", BUILDING, TUAN)
    annexes = []
    for reasons in (("leave", "received_late"), ("received_late", "leave")):
        found = accepting(first, reason=reasons[0])
        found = with_decision(found, (second,), (), reasons[1])
        annexes.append(published(found, "none").rows.excluded)
    assert [one.row.reason for one in annexes[0]] == ["leave", "received_late"]
    assert annexes[0] == annexes[1]


def test_units_alone_say_nothing_of_officers() -> None:
    files = published(accepting(TUAN_1), "none")
    assert files.rows.officers == ()
    assert not any(officer in canonical_json(files.rows).decode() for officer in PEOPLE)
    assert files.core.units == published(accepting(TUAN_1)).core.units


def test_the_core_names_its_rows_its_sheet_and_what_was_frozen() -> None:
    files = published(accepting(TUAN_1))
    assert files.core.frozen == sha256_of(canonical_json(FROZEN.core))
    assert files.core.dossiers == hashes_of(files.rows.dossiers)
    assert files.core.excluded == hashes_of(files.rows.excluded)
    assert files.core.sheet == sha256_of(canonical_json(files.sheet))
    assert canonical_json(files.core) == canonical_json(published(accepting(TUAN_1)).core)


def test_names_come_off_and_the_figures_stay() -> None:
    full = published(accepting(TUAN_1, text=digest("why")))
    reduced = reduced_of(full.core, full.rows, bytes(reversed(SECRET)))
    assert reduced.core.stage == "reduced"
    assert (reduced.core.whole, reduced.core.units) == (full.core.whole, full.core.units)
    assert not any(officer in canonical_json(reduced).decode() for officer in PEOPLE)
    assert not set(reduced.core.dossiers) & set(full.core.dossiers)
    assert [one.row.dossier for one in reduced.rows.dossiers] == [
        one.row.dossier for one in full.rows.dossiers
    ]


def test_a_frozen_list_that_does_not_add_up_is_not_published() -> None:
    core = msgspec.structs.replace(
        FROZEN.core, whole=msgspec.structs.replace(FROZEN.core.whole, late=13)
    )
    with pytest.raises(DoesNotAddUp, match="13 frozen, 12 published"):
        published(NOTHING_REVIEWED, frozen=FROZEN._replace(core=core))


def test_what_the_records_decided_is_what_the_list_has() -> None:
    found = reviewed(published_story().edition)
    files = published(found)
    assert set(found.relieved) == {TUAN_1, INBOX}
    assert {one.row.dossier for one in files.rows.excluded} == {"H99-1001", "H99-2004"}
    reasons = {one.row.dossier: one.row.reason for one in files.rows.dossiers}
    assert (reasons["H99-1001"], reasons["H99-2001"]) == ("leave", "other_agency")


def test_a_reason_by_which_others_were_relieved_is_not_said_of_what_was_rejected() -> None:
    story = Story()
    story.freeze()
    story.explain(TUAN_1, TUAN_2)
    story.decide((TUAN_1,), (TUAN_2,), reason="leave")
    assert reviewed(story.edition).said == {TUAN_1: "leave"}
    story.decide((), (TUAN_2,), reason="workload")
    assert reviewed(story.edition).said[TUAN_2] == "workload"
