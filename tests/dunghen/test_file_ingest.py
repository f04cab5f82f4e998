"""Payloads from a file, and keys for senders."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self

import pytest

from api.access.keys import key_hash
from dossiers.events import DossierEvent, Progressed, Snapshot
from dunghen import file_ingest
from dunghen.cli import run
from dunghen.errors import UserError
from dunghen.settings_load import load
from sources.portal.envelope import EnvelopeError
from tests.sources.portal.payloads import DOSSIER, MARKS, PROGRESS, envelope, planted


class Recorder:
    """Stands in for the publisher: keeps what it is given."""

    published: list[DossierEvent]

    def __init__(self, *_: object, **__: object) -> None:
        Recorder.published = []

    def publish(self, event: DossierEvent) -> None:
        Recorder.published.append(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        return


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(file_ingest, "Publisher", Recorder)
    timeline = SimpleNamespace(partitions=1)
    monkeypatch.setattr(file_ingest, "require_timeline", lambda *_: timeline)
    return SimpleNamespace(endpoints=lambda: SimpleNamespace(kafka="k"), client={})


def lines(path: Path, *entries: Any) -> Path:
    texts = (e if isinstance(e, str) else json.dumps(e, ensure_ascii=False) for e in entries)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_payloads_and_records_are_taken_and_what_is_refused_is_named(
    here: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lines(
        tmp_path / "a.jsonl",
        envelope(DOSSIER, {**DOSSIER, "MaHoSo": "other"}),
        "",
        PROGRESS,
        planted({**DOSSIER, "NgayHenTra": "soon"}, "Nguyễn Thị Đánh-Dấu"),
        "no json",
    )
    assert not file_ingest.ingest_file(here, file, "H29", as_json=False)
    kinds = [type(event) for event in Recorder.published]
    assert kinds == [Snapshot, Snapshot, Progressed]
    said = capsys.readouterr().out
    assert "line 4: 000.00.19.H29-261001-0001: NgayHenTra is no date" in said
    assert "line 5: -: The line is no valid JSON" in said
    assert "4 lines, 3 records taken, 2 refused" in said
    assert not any(mark in said for mark in MARKS)


def test_a_clean_file_is_counted_as_json(
    here: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = lines(tmp_path / "a.jsonl", envelope(DOSSIER))
    assert file_ingest.ingest_file(here, file, "", as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "lines": 1, "accepted": 1, "refused": [], "unread": 0,
    }  # fmt: skip


def test_a_file_that_is_not_there_is_said(here: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        file_ingest.ingest_file(here, tmp_path / "none.jsonl", "", as_json=False)


def test_a_record_alone_needs_a_unit() -> None:
    numbers: Iterator[int] = itertools.count()
    line = json.dumps(PROGRESS).encode()
    assert file_ingest.read_line(line, "H29", numbers).events[0].source == "portal:H29"
    with pytest.raises(EnvelopeError, match="madonvi"):
        file_ingest.read_line(line, "", numbers)


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
