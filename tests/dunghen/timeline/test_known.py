"""The API knows its timeline without Kafka, and sends nothing before Kafka has confirmed it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from broker.errors import BrokerAway
from dossiers.errors import UserError
from dossiers.wire.records import FORMAT
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import StateFolder
from dunghen.timeline import known as known_timeline
from dunghen.timeline.known import Confirmation, noted_timeline
from tests.support import wait_for

OURS = Timeline(id="ours", kind="live", partitions=2, created_at=1, key_check="k", format=FORMAT)
OTHER = Timeline(id="other", kind="live", partitions=2, created_at=1, key_check="l", format=FORMAT)


class Kafka:
    """Away, until it is given a timeline."""

    def __init__(self) -> None:
        self.holds: Timeline | None = None
        self.away = True

    def read(self) -> Timeline | None:
        if self.away:
            raise BrokerAway("Kafka at k does not answer.")
        return self.holds


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    found = Kafka()
    monkeypatch.setattr(known_timeline, "_AGAIN", 0.01)
    monkeypatch.setattr(known_timeline, "SOON", 0.05)
    monkeypatch.setattr(known_timeline, "read_timeline", lambda *_, **__: found.read())
    monkeypatch.setattr(known_timeline, "require_timeline", lambda _: found.read())
    return found


def installed(path: Path, **api: Any) -> Installation:
    settings = {"kafka.bootstrap": "k", **{f"api.{name}": value for name, value in api.items()}}
    return Installation(load(settings), StateFolder(path))


def test_one_that_waits_for_kafka_is_ready_once_it_answers(kafka: Kafka) -> None:
    confirmation = Confirmation(kafka.read, OURS, other=lambda: None)
    confirmation.start(0.05)
    assert not confirmation.ready()
    assert "does not answer" in confirmation.reasons()[0]
    kafka.away = False  # it has no topics yet
    wait_for(lambda: "no timeline" in confirmation.problem, 20)
    assert not confirmation.ready()
    kafka.holds = OURS
    wait_for(confirmation.ready, 20)
    assert confirmation.reasons() == []


def test_another_timeline_is_refused_at_once_or_ends_the_process(kafka: Kafka) -> None:
    ended = threading.Event()
    late = Confirmation(kafka.read, OURS, other=ended.set)
    late.start(0.05)
    kafka.holds, kafka.away = OTHER, False
    assert ended.wait(20)
    assert not late.ready()
    with pytest.raises(UserError, match="holds the timeline other"):
        Confirmation(kafka.read, OURS, other=lambda: None).start(20)


def test_without_a_note_kafka_is_asked_and_the_answer_is_noted(
    kafka: Kafka, tmp_path: Path
) -> None:
    with pytest.raises(BrokerAway):
        known_timeline.known_timeline(installed(tmp_path / "state"))
    kafka.holds, kafka.away = OURS, False
    timeline, confirmation = known_timeline.known_timeline(installed(tmp_path / "state"))
    assert (timeline, confirmation.ready()) == (OURS, True)
    kafka.away = True
    timeline, confirmation = known_timeline.known_timeline(installed(tmp_path / "state"))
    assert (timeline, confirmation.ready()) == (OURS, False)
    confirmation.stop()


def test_the_folder_of_a_stack_knows_its_own(kafka: Kafka, tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.create()
    folder.note_timeline(OURS)
    assert noted_timeline(installed(folder.path)) == OURS


def test_without_a_spool_nothing_starts_before_kafka(kafka: Kafka, tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.create()
    folder.note_timeline(OURS)
    installation = installed(folder.path, spool_mb=0)
    with pytest.raises(BrokerAway):
        known_timeline.known_timeline(installation)


def test_another_key_ends_the_process_and_one_that_is_yet_to_be_noted_is_awaited(
    kafka: Kafka,
) -> None:
    kafka.holds, kafka.away = replace(OURS, key_check=""), False  # just brought up to date
    confirmation = Confirmation(kafka.read, OURS, other=lambda: None)
    confirmation.start(0.05)
    assert not confirmation.ready()
    assert "key" in confirmation.reasons()[0]
    kafka.holds = OURS
    wait_for(confirmation.ready, 20)
    kafka.holds = replace(OURS, key_check="another")
    with pytest.raises(UserError, match="The key for hashing here is not that of"):
        Confirmation(kafka.read, OURS, other=lambda: None).start(20)


def test_a_note_from_before_there_were_keys_is_not_believed(kafka: Kafka, tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.create()
    folder.note_timeline(replace(OURS, key_check=""))
    kafka.holds, kafka.away = OURS, False
    timeline, confirmation = known_timeline.known_timeline(installed(folder.path))
    confirmation.stop()
    assert timeline == OURS


def follower(of: Timeline) -> Timeline:
    return replace(of, id="new", former=(of.id,))


def test_what_was_folded_from_its_log_since_is_served_at_once_and_noted(
    kafka: Kafka, tmp_path: Path
) -> None:
    installation = installed(tmp_path / "state")
    installation.folder.create()
    installation.folder.note_timeline(OURS)
    kafka.away, kafka.holds = False, follower(OURS)
    known, confirmation = known_timeline.known_timeline(installation)
    confirmation.stop()
    assert known == installation.folder.timeline() == follower(OURS)
    assert confirmation.ready()


def test_an_api_that_hears_of_it_later_starts_again(kafka: Kafka, tmp_path: Path) -> None:
    """Nothing goes to Kafka under the former identity; the next start knows the new one."""
    ended = threading.Event()
    noted: list[Timeline] = []
    confirmation = Confirmation(kafka.read, OURS, ended.set, noted.append)
    confirmation.start(0.05)
    kafka.away, kafka.holds = False, follower(OURS)
    assert ended.wait(20)
    assert noted == [follower(OURS)]
    assert not confirmation.ready()


def test_a_note_of_an_older_format_counts_for_nothing(kafka: Kafka, tmp_path: Path) -> None:
    installation = installed(tmp_path / "none", spool_folder=tmp_path)
    note = tmp_path / "timeline.json"
    note.write_bytes(msgspec.json.encode(replace(OURS, format=1)))
    assert noted_timeline(installation) is None
    note.write_bytes(msgspec.json.encode(OURS))
    assert noted_timeline(installation) == OURS
