"""A dossier in the lists of two months counts once over both."""

from __future__ import annotations

import msgspec

from dossiers.publication.months import several_months
from tests.dossiers.publication.made_lists import small_list


def test_a_dossier_in_two_lists_counts_once_as_the_later_one_has_it() -> None:
    made = small_list()
    october = [each.row for each in made.rows.dossiers]
    [still, *_] = [row for row in october if row.finished_at is None]
    finished = msgspec.structs.replace(still, finished_at=still.due_at + 1, listed_in=("2026-10",))
    other = msgspec.structs.replace(still, dossier="H99-new")
    november = msgspec.structs.replace(made.core, month="2026-11", id="2026-11")
    found = several_months([(november, [finished, other]), (made.core, october)])
    assert found.months == ("2026-10", "2026-11")
    assert (found.late, found.repeated) == (len(october) + 1, 1)
    assert found.done + found.open == found.late
    assert finished in found.rows
    assert still not in found.rows
