"""Payloads from a file, and keys for senders."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from api.access.keys import key_hash
from broker.errors import BrokerAway
from dossiers.errors import UserError
from dossiers.wire.dossier_event import DossierEvent
from dossiers.wire.events import AnyEvent, Described, Progressed, Snapshot, decode_event
from dunghen.cli import run
from dunghen.commands.ingest import print_report
from dunghen.ingest import files as file_ingest
from dunghen.ingest import sending as file_sending
from dunghen.ingest.sending import LineSender, Silent
from dunghen.settings.loading import load
from dunghen.terminal.errors import INTERRUPTED
from sources.acknowledged import NotTaken
from sources.portal.json_body import EnvelopeError
from tests.sources.portal.payloads import DOSSIER, MARKS, PROGRESS, envelope, planted


class Kafka:
    """Stands in for the sender to Kafka: keeps what it is given, until it goes away."""

    def __init__(self) -> None:
        self.taken: list[AnyEvent] = []
        self.batches = 1_000  # that it takes before it goes away

    def __call__(self, *_: object, **__: object) -> Kafka:
        return self

    def send(self, records: Sequence[tuple[bytes, bytes]]) -> Future[None]:
        done: Future[None] = Future()
        self.batches -= 1
        if self.batches < 0:
            done.set_exception(NotTaken("timed out"))
        else:
            self.taken += [decode_event(value) for _, value in records]
            done.set_result(None)
        return done

    def abandon(self) -> None: ...


@pytest.fixture
def kafka_double(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    found = Kafka()
    monkeypatch.setattr(file_ingest, "AcknowledgedSender", found)
    return found


@pytest.fixture
def installation(kafka_double: Kafka, monkeypatch: pytest.MonkeyPatch) -> Any:
    timeline = SimpleNamespace(partitions=1)
    monkeypatch.setattr(file_ingest, "require_timeline", lambda *_: timeline)
    monkeypatch.setattr(file_ingest, "read_from_now_on", lambda *_, **__: ())
    monkeypatch.setattr(file_ingest, "required_key", lambda *_: None)  # nothing is hashed
    monkeypatch.setattr(file_ingest, "form_of", lambda *_: None)
    return SimpleNamespace(
        endpoints=lambda: SimpleNamespace(kafka="k"), client={}, settings=load().settings
    )


def lines(path: Path, *entries: Any) -> Path:
    texts = (e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in entries)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def sent(
    installation: Any, file: Path, unit: str, *, as_json: bool = False, first: int = 1
) -> bool:
    tell = partial(print_report, file, json_=as_json)
    return file_ingest.ingest_file(installation, file, unit, tell, first=first)


def test_payloads_and_records_are_taken_and_what_is_refused_is_named(
    installation: Any, kafka_double: Kafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lines(
        tmp_path / "a.jsonl",
        envelope(DOSSIER, {**DOSSIER, "MaHoSo": "other"}),
        "",
        PROGRESS,
        planted({**DOSSIER, "NgayHenTra": "soon"}, "Nguyễn Thị Đánh-Dấu"),
        "no json",
    )
    assert not sent(installation, file, "H29")
    kinds = [type(event) for event in kafka_double.taken]
    assert kinds == [Snapshot, Snapshot, Described, Described, Progressed]
    said = capsys.readouterr().out
    assert "line 4: 000.00.19.H29-261001-0001: NgayHenTra is no date" in said
    assert "line 5: -: The line is no valid JSON" in said
    assert "4 lines, 3 records taken, 2 refused" in said
    assert not any(mark in said for mark in MARKS)


def test_a_clean_file_is_counted_as_json(
    installation: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lines(tmp_path / "a.jsonl", envelope(DOSSIER))
    assert sent(installation, file, "", as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "lines": 1, "accepted": 1, "refused": [], "unread": 0, "go_on_at": None,
    }  # fmt: skip


def test_a_file_that_is_not_there_is_said(installation: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        sent(installation, tmp_path / "none.jsonl", "")


def test_a_record_alone_needs_a_unit() -> None:
    numbers: Iterator[int] = itertools.count()
    line = json.dumps(PROGRESS).encode()
    assert file_ingest.read_line(line, "H29", numbers).events[0].source == "portal:H29"
    with pytest.raises(EnvelopeError, match="madonvi"):
        file_ingest.read_line(line, "", numbers)


STATES = [{**DOSSIER, "MaHoSo": f"d-{n % 2}", "TrangThaiHoSo": status}
          for n, status in enumerate(("2", "2", "4", "4", "10", "4"))]  # fmt: skip


def test_kafka_goes_away_and_the_rest_is_sent_later(
    installation: Any, kafka_double: Kafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lines(tmp_path / "a.jsonl", *STATES[:2], "", "no json", *STATES[2:])
    assert not sent(installation, file, "H29")
    whole, kafka_double.taken = kafka_double.taken, []
    kafka_double.batches = 3
    with pytest.raises(UserError, match=r"lines up to 5 are sent.*--from-line 6.*counts once"):
        sent(installation, file, "H29")
    said = capsys.readouterr().out
    assert "line 4: -: The line is no valid JSON" in said
    assert "3 records taken" in said
    kafka_double.batches = 1_000
    assert sent(installation, file, "H29", as_json=True, first=6)
    assert json.loads(capsys.readouterr().out)["accepted"] == 3
    # The very same events, whether sent in one go, in two, or all of them again.
    assert kafka_double.taken == whole
    # When the file was read says nothing about when its sender knew.
    dossiers = [event for event in whole if isinstance(event, DossierEvent)]
    assert all(event.received_at == event.occurred_at for event in dossiers)
    ids = [event.event_id for event in whole if isinstance(event, Snapshot)]
    # Also a status that comes back is a news of its own.
    assert len(set(ids)) == len(STATES)


def test_what_was_sent_is_said_to_programs_too(
    installation: Any, kafka_double: Kafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lines(tmp_path / "a.jsonl", *STATES)
    kafka_double.batches = 0
    with pytest.raises(UserError, match="no line is surely sent"):
        sent(installation, file, "H29", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], told["go_on_at"]) == (0, 1)


def test_who_interrupts_is_told_how_to_go_on(
    installation: Any, kafka_double: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = lines(tmp_path / "a.jsonl", *STATES)
    settle = LineSender.settle

    def interrupted(self: LineSender) -> None:
        settle(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(LineSender, "settle", interrupted)
    with pytest.raises(UserError, match=r"Stopped: lines up to 6 .*--from-line 7") as stopped:
        sent(installation, file, "H29")
    assert stopped.value.exit_code == INTERRUPTED


def test_nothing_is_sent_where_kafka_is_away_at_once(
    installation: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise BrokerAway("Kafka at k does not answer.", "Start it.")

    monkeypatch.setattr(file_ingest, "require_timeline", away)
    with pytest.raises(UserError, match=r"Nothing of .* was sent.* same command again"):
        sent(installation, lines(tmp_path / "a", *STATES), "H29")


def test_silence_is_told_once_and_only_what_is_acknowledged_counts() -> None:
    class Hand:
        open: ClassVar[list[Future[None]]] = []

        def send(self, _: Sequence[tuple[bytes, bytes]]) -> Future[None]:
            self.open.append(Future())
            return self.open[-1]

    refused: list[tuple[int, str]] = []
    answered = iter((None, NotTaken("too large", lasting=True), NotTaken("timed out")))

    def answer() -> None:
        """Kafka is silent at first."""
        for done, error in zip(Hand.open, answered, strict=False):
            done.set_exception(error) if error else done.set_result(None)

    told: list[None] = []

    def waiting() -> None:
        told.append(None)
        answer()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_sending, "_TELL", 0.01)
        sender = LineSender(Hand(), lambda *why: refused.append(why), waiting, through=4)
        for line in (5, 6, 9):
            sender.send(line, [(b"k", b"v")])
        assert (sender.through, sender.accepted) == (4, 0)
        with pytest.raises(Silent):
            sender.settle()
    assert (sender.through, sender.accepted, len(told)) == (8, 1, 1)
    assert refused == [(6, "Kafka does not take it: too large")]


def test_a_new_key_opens_what_its_lines_in_the_settings_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sender-key", "so-xay-dung", "--unit", "H29.19"]) == 0
    said = capsys.readouterr().out.splitlines()
    key = said[2].strip()
    file = tmp_path / "dunghen.toml"
    file.write_text("\n".join(line.strip() for line in said[said.index("") + 5 :]))
    sender = load(file=file).settings.api.senders["so-xay-dung"]
    assert (sender.key_sha256, sender.units) == (key_hash(key), ("H29.19",))


def test_a_hash_alone_is_a_sender_too(tmp_path: Path) -> None:
    file = tmp_path / "dunghen.toml"
    file.write_text(f'[api.senders]\none = "{key_hash("k")}"\n')
    assert load(file=file).settings.api.senders["one"].units == ()
    file.write_text('[api.senders]\none = "the key itself"\n')
    with pytest.raises(UserError, match=r"api\.senders"):
        load(file=file)
