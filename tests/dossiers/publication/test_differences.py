"""What a correction changed."""

from __future__ import annotations

from dossiers.publication.differences import differences
from dossiers.publication.listing import ListFiles, list_of
from dossiers.publication.reviewed import NOTHING_REVIEWED, Reviewed, with_decision
from dossiers.wire.publications import Case
from tests.dossiers.publication.made_lists import BUILDING, KIEN, LAND, TOWN, TUAN, small_list
from tests.dossiers.publication.made_records import TUAN_1

FROZEN = small_list()
BEFORE = with_decision(NOTHING_REVIEWED, (TUAN_1,), (), "leave")


def published(found: Reviewed) -> ListFiles:
    return list_of(*FROZEN[:3], found, "name", FROZEN.secret)


def test_the_same_list_differs_in_nothing() -> None:
    old = published(BEFORE)
    assert not differences(old[:2], old[:2])


def test_a_correction_says_whose_figures_it_changed_and_which_dossiers() -> None:
    shared = Case("H99-2001", LAND, KIEN)
    corrected = with_decision(BEFORE, (shared,), (TUAN_1,), "other_agency")
    found = differences(published(BEFORE)[:2], published(corrected)[:2])
    assert found.removed == ("H99-2001",)
    assert found.changed == ("H99-1001",)
    assert found.added == ()
    assert {(one.unit, one.officer) for one in found.officers} == {(BUILDING, TUAN), (LAND, KIEN)}
    assert {one.unit for one in found.units} == {TOWN, BUILDING, LAND}
    assert found.whole is not None
    assert found.whole.before is not None
    assert found.whole.after is not None
    assert (found.whole.before.late, found.whole.after.late) == (12, 11)
