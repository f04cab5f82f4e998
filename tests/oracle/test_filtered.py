"""The filter that a verification chooses finds in ClickHouse what the stories say, and nothing
else; and a row that says something else is noticed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from dossiers.reference.context import Context
from dunghen.verify.filtering import check_chosen
from oracle.checks.cut import CutPartition
from oracle.checks.filtered import choose
from oracle.figures import LogCount, recount
from sinks.store import Store
from tests.api.city import TIMELINE, City
from tests.api.insight.busy_city import NOW, REFERENCE
from tests.oracle.busy_store import busy_store, dossier_events, last_records


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, City]]:
    with busy_store(tmp_path_factory.mktemp("engine"), 250) as found:
        yield found


@pytest.fixture(scope="module")
def counted(stored: tuple[Store, City]) -> tuple[dict[int, CutPartition], dict[int, LogCount]]:
    records = last_records(stored[1])
    figures, stories = recount(dossier_events(stored[1]), NOW, Context(REFERENCE))
    count = LogCount(figures, stories, stories, {}, 0, 0, [], {})
    return {0: CutPartition(None, records)}, {0: count}


def test_any_filter_finds_what_the_stories_say(
    stored: tuple[Store, City],
    counted: tuple[dict[int, CutPartition], dict[int, LogCount]],
) -> None:
    context, asked = Context(REFERENCE), set()
    for hour in range(40):
        now = NOW + hour  # another seed; the filter itself names days
        check = check_chosen(stored[0], TIMELINE, now, *counted, context)
        assert (check.differences, check.moved) == (0, 0), (check.name, check.examples)
        assert check.compared == len(counted[1][0].stories)
        chosen = choose(f"{TIMELINE} {now}", list(counted[1].values()), now, context)
        asked.add(chosen.what or chosen.mark or chosen.standing)
    assert len(asked) > 6


def test_a_wrong_row_is_noticed(
    stored: tuple[Store, City],
    counted: tuple[dict[int, CutPartition], dict[int, LogCount]],
) -> None:
    parts, counts = counted
    wrong = {
        id_: dataclasses.replace(story, unit="u1", verdict="late", extensions=1)
        for id_, story in counts[0].stories.items()
    }
    told = {0: dataclasses.replace(counts[0], stories=wrong)}
    differences = [
        check_chosen(stored[0], TIMELINE, NOW + n, parts, told, Context(REFERENCE)).differences
        for n in range(5)
    ]
    assert any(differences)
