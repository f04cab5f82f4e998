"""Small logs through the whole stack: rules by hand-written figures, bad rows by their reasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import small_log
from tests.e2e.product import Replay, answer
from tests.e2e.recount import KEYS, recount

pytestmark = pytest.mark.timeout(1200)
AS_OF = "2025-10-15T09:00:00.000Z"


@dataclass
class Seen:
    """What the product said about one replay."""

    result: dict[str, Any]
    letters: dict[str, Any]
    status: dict[str, Any]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The CSV log, with working days and activities that end a dossier."""
    folder = tmp_path_factory.mktemp("csv")
    mapping = folder / "map.toml"
    mapping.write_text(small_log.BY_ACTIVITY)
    replay = Replay(small_log.write_csv(folder / "log.csv"), mapping, folder / "state")
    with replay.served() as serving:
        result = serving.result()
        again = replay.until_end()
        letters = answer("dead-letters", "list", *replay.at)
        status = answer("status", *replay.at)
    assert serving.process.returncode == 0, serving.errors.read_text()
    assert {**again, "seconds": 0} == {**result, "seconds": 0}
    return Seen(result, letters, status)


def counts(**given: int) -> dict[str, int]:
    return {key: given.get(key, 0) for key in KEYS}


def test_verdicts_on_a_calendar_of_working_days(seen: Seen) -> None:
    dossiers = counts(total=11, open=6, overdue=1, early=2, on_time=2, late=1)
    assert seen.result["dossiers"] == dossiers
    assert seen.result["as_of"] == AS_OF


def test_holders_and_empty_names(seen: Seen) -> None:
    assert seen.result["officers"] == {
        "an": counts(total=4, open=2, overdue=1, early=1, on_time=1),
        "binh": counts(total=3, open=2, late=1),
        "chi": counts(total=2, early=1, on_time=1),
        "TEST": counts(total=1, open=1),
        "unknown": counts(total=1, open=1),
    }
    assert seen.result["units"] == {
        "Desk": counts(total=3, open=2, overdue=1, on_time=1),
        "Land": counts(total=5, open=2, early=1, on_time=1, late=1),
        "Archive": counts(total=1, early=1),
        "EMPTY": counts(total=1, open=1),
        "unknown": counts(total=1, open=1),
    }


def test_rows_are_counted(seen: Seen) -> None:
    bad = len(small_log.BAD) + len(small_log.BAD_IN_CSV)
    events = seen.result["events"]
    read = len(small_log.GOOD) + len(small_log.TWICE) + bad
    assert (events["read"], events["duplicates"], events["dead_lettered"]) == (read, 2, bad)
    # Each row that can be taken, eleven receptions and five finishes.
    assert events["published"] == len(small_log.GOOD) + len(small_log.TWICE) + 11 + 5


def test_bad_rows_are_dead_letters_with_a_reason(seen: Seen) -> None:
    reasons = Counter(reason for _, reason in (*small_log.BAD, *small_log.BAD_IN_CSV))
    letters = [entry["letter"] for entry in seen.letters["dead_letters"]]
    assert Counter(letter["reason"] for letter in letters) == reasons
    assert all("log.csv, line " in letter["detail"] for letter in letters)
    assert all(len(letter["detail"]) < 500 for letter in letters)
    assert seen.letters["count"] == seen.status["dead_letters"]["count"] == reasons.total()
    assert seen.status["dead_letters"]["reasons"] == reasons


def test_xes_with_a_limit_in_days(seen: Seen, tmp_path: Path) -> None:
    """After ``seen``: one stack at a time."""
    mapping = tmp_path / "map.toml"
    mapping.write_text(small_log.BY_LAST_EVENT)
    replay = Replay(small_log.write_xes(tmp_path / "log.xes.gz"), mapping, tmp_path / "state")
    result = replay.until_end()
    del result["seconds"]
    events = result.pop("events")
    expected = recount(small_log.rows(), small_log.ZONE, "last-event", limit_days=3)
    assert result == expected
    # One of them finishes at its due time, another a millisecond later.
    assert expected["dossiers"] == counts(total=11, early=6, on_time=1, late=4)
    rows = len(small_log.GOOD) + len(small_log.TWICE) + len(small_log.BAD)
    assert (events["read"], events["duplicates"]) == (rows, 2)
    assert events["dead_lettered"] == len(small_log.BAD)
    assert result["as_of"] == seen.result["as_of"] == AS_OF
