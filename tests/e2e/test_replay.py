"""Small logs through the whole stack: rules by hand-written figures, bad rows by their reasons, and
what a stack bears that is looked at, hurt, used again and stopped."""

from __future__ import annotations

import csv
import json
import os
import select
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import small_log
from tests.e2e.product import Replay, Serving, answer, dunghen
from tests.e2e.recount import KEYS, recount

pytestmark = pytest.mark.timeout(1200)
AS_OF = "2025-10-15T09:00:00.000Z"
FAST = "2000000"  # the log's weeks in two seconds
UNUSABLE = [("b1", "Receive", "soon", "", ""), ("b2", "", "2025-10-06", "", "")]


@dataclass
class Seen:
    """What the product said about the CSV log: the first time, looked at, and of it once more."""

    result: dict[str, Any]
    letters: dict[str, Any]
    status: dict[str, Any]
    refused: str
    again: dict[str, dict[str, Any]] = field(default_factory=dict)  # by what had happened
    verified: dict[str, Any] = field(default_factory=dict)
    unusable: dict[str, Any] = field(default_factory=dict)
    of_unusable: str = ""
    later: dict[str, Any] = field(default_factory=dict)  # status after all that
    stopped: dict[str, Any] = field(default_factory=dict)
    other_mapping: str = ""


@pytest.fixture(scope="module")
def csv_log(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """With working days and activities that end a dossier."""
    folder = tmp_path_factory.mktemp("csv")
    mapping = folder / "map.toml"
    mapping.write_text(small_log.BY_ACTIVITY)
    return Replay(small_log.write_csv(folder / "log.csv"), mapping, folder / "state")


@pytest.fixture(scope="module")
def seen(csv_log: Replay) -> Seen:
    with csv_log.served() as serving:
        found = Seen(
            serving.result(),
            answer("dead-letters", "list", *csv_log.at),
            answer("status", *csv_log.at),
            dunghen("up", *csv_log.at, status=2).stderr,
        )
        os.kill(serving.processes()["worker"]["pid"], signal.SIGKILL)
        found.again["the worker was killed"] = csv_log.until_end()
        found.verified = answer("verify", *csv_log.at)
        use_other_files(csv_log, found)
        found.later = answer("status", *csv_log.at)
        csv_log.mapping.write_text(small_log.BY_ACTIVITY.replace("vn-office", "24x7"))
        found.other_mapping = dunghen(*csv_log.arguments("--until-end"), status=2).stderr
        with ended(serving):
            serving.process.send_signal(signal.SIGINT)
            serving.process.wait()
    assert serving.process.returncode == 0, serving.errors.read_text()
    found.stopped = answer("status", *csv_log.at)
    return found


def use_other_files(log: Replay, found: Seen) -> None:
    """The same by another name, and one of which nothing can be used."""
    copy, bad = (log.log.with_name(name) for name in ("copy.csv", "bad.csv"))
    copy.write_bytes(log.log.read_bytes())
    found.again["its file had another name"] = replace(log, log=copy).until_end()
    with bad.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([small_log.HEADER, *UNUSABLE])
    done = dunghen(*replace(log, log=bad).arguments("--until-end", "--json"), status=2)
    found.unusable = json.loads(done.stdout.splitlines()[-1])
    found.of_unusable = done.stderr


@contextmanager
def ended(serving: Serving) -> Iterator[None]:
    """Inside the block everything ends that runs now."""
    descriptors = [os.pidfd_open(entry["pid"]) for entry in serving.processes().values()]
    yield
    for descriptor in descriptors:
        assert select.select([descriptor], [], [], 5)[0], "a process outlived its supervisor"
        os.close(descriptor)


def counts(**given: int) -> dict[str, int]:
    return {key: given.get(key, 0) for key in KEYS}


def figures(result: dict[str, Any]) -> dict[str, Any]:
    assert result["seconds"].keys() == {"publish", "process"}
    return {**result, "seconds": 0}


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


def test_a_running_stack_shows_itself_whole(seen: Seen) -> None:
    status = seen.status
    assert "already runs on" in seen.refused
    assert [process["name"] for process in status["processes"]] == ["kafka", "worker", "api"]
    assert datetime.fromtimestamp(status["watermark"] / 1000, UTC) == datetime.fromisoformat(AS_OF)
    assert set(status["lag"]["dossier-events"]) == {"0", "1", "2", "3"}
    assert {table["table"] for table in status["tables"]} >= {"dossier_events", "dossiers"}
    assert status["problems"] == []


@pytest.mark.parametrize("after", ["the worker was killed", "its file had another name"])
def test_figures_are_the_same_once_more(seen: Seen, after: str) -> None:
    assert figures(seen.again[after]) == figures(seen.result)


def test_verify_agrees_after_a_kill(seen: Seen) -> None:
    assert (seen.verified["equal"], seen.verified["dossiers"]) == (True, 11)
    assert [process["restarts"] for process in seen.later["processes"]] == [0, 1, 0]


def test_a_file_of_which_nothing_can_be_used(seen: Seen) -> None:
    """Its exit status tells, and its figures are as of no time."""
    counted = {"read": 2, "taken": 0, "published": 0, "duplicates": 0, "dead_lettered": 2}
    assert seen.unusable["events"] == {**counted, "broken_off": 0}
    assert seen.unusable["as_of"] is None
    said = "none of its 2 rows can be used; the commonest reason, in 1 of them"
    assert said in seen.of_unusable


def test_no_row_is_a_dead_letter_twice(seen: Seen) -> None:
    """Whatever its file is called, and though it is replayed again."""
    more = Counter({"bad_time": 1, "missing_activity": 1})
    before = Counter(seen.status["dead_letters"]["reasons"])
    assert seen.later["dead_letters"]["reasons"] == before + more


def test_a_stopped_stack_says_so(seen: Seen) -> None:
    assert seen.stopped["running"] is False


def test_a_state_keeps_to_its_mapping(seen: Seen) -> None:
    assert "its mapping was another" in seen.other_mapping


def test_xes_with_a_limit_in_days(seen: Seen, tmp_path: Path) -> None:
    """After ``seen``: one stack at a time. Paced."""
    mapping = tmp_path / "map.toml"
    mapping.write_text(small_log.BY_LAST_EVENT)
    replay = Replay(small_log.write_xes(tmp_path / "log.xes.gz"), mapping, tmp_path / "state")
    result = replay.until_end("--speed", FAST)
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
