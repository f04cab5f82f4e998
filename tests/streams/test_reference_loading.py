"""Reference data loaded into a running timeline, by the commands, on a real broker and worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dossiers.wire.calendar_spec import CalendarSpec
from dossiers.wire.events import Finished, Received
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Reference, RuleVersion, Unit, content_hash
from dunghen.cli import run
from dunghen.timeline.reading import read_in_force
from dunghen.timeline.topics import ensure_topics
from sources.reference.writing import write_folder
from tests.streams.line import PARTITIONS, REFERENCE, Line
from tests.streams.story import BEGIN, HOUR
from tests.support import wait_for

ALWAYS = CalendarSpec(kind="24x7", name="always")
CHANGED = msgspec.structs.replace(
    REFERENCE,
    calendar=ALWAYS,
    calendars=(ALWAYS,),
    limit=Limit(50, "hours"),
    units=(Unit(id="u", name="Unit"),),
    rule_versions=(RuleVersion(since="2020-01-01", name="v", rules=REFERENCE.rules),),
)


def event(kind: type[Any], dossier: str, at: int) -> Any:
    return kind(
        event_id=f"{dossier}-{kind.__name__}", dossier_id=dossier, occurred_at=at, received_at=at,
        source="test", unit="u",
    )  # fmt: skip


def test_open_dossiers_move_and_ended_ones_stay(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DUNGHEN_KAFKA_BOOTSTRAP", line.kafka.bootstrap)
    state = ("--state", str(tmp_path / "state"))
    folder = tmp_path / "reference"
    write_folder(CHANGED, folder)
    worker = line.worker()
    for dossier in ("open", "ended"):
        line.publisher.publish(event(Received, dossier, BEGIN))
    line.publisher.publish(event(Finished, "ended", BEGIN + 40 * HOUR))
    line.now = BEGIN + 45 * HOUR
    line.publisher.tick(line.now)
    line.publisher.flush()
    line.wait_folded(worker, 3)

    def said(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert run(["reference", *arguments, *state]) == status, capsys.readouterr().err
        return capsys.readouterr().out

    changes = json.loads(said("diff", str(folder), "--json"))
    assert changes["units"] == {"added": ["u"], "removed": [], "changed": {}}
    assert changes["general"]["changed"] == {"limit": ["value"]}
    done = json.loads(said("load", str(folder), "--json"))
    assert done == {"hash": content_hash(CHANGED), "since": line.now, "loaded": True}
    assert "Nothing to do" in said("load", str(folder))
    assert "No difference" in said("diff", str(folder))
    shown = json.loads(said("show", "--json"))
    assert (shown["hash"], shown["since"]) == (content_hash(CHANGED), line.now)
    assert shown["before"] == [{"hash": content_hash(REFERENCE), "since": 0}]
    said("load", str(folder), "--from", "2020-01-01", status=2)
    (folder / "units.csv").write_text("id,name\n", encoding="utf-8")
    (folder / "steps.csv").write_text("procedure,step,hours\nx,y,1\n", encoding="utf-8")
    said("load", str(folder), status=2)

    line.finish()
    line.wait_committed()
    states = line.actual().states
    assert states == line.expected().states
    assert (states["ended"].standing.verdict, states["ended"].course.due_at) == (
        "late",
        BEGIN + 30 * HOUR,
    )
    assert (states["open"].standing.verdict, states["open"].course.due_at) == (
        "within",
        BEGIN + 50 * HOUR,
    )
    assert states["open"].course.rules == "v"

    # What was loaded stays over a restart; other data of the installation's own count from now.
    ensure_topics(line.kafka.bootstrap, partitions=PARTITIONS, kind="replay", reference=REFERENCE)
    assert in_force(line) == CHANGED
    ensure_topics(
        line.kafka.bootstrap, partitions=PARTITIONS, kind="replay", reference=Reference(title="O")
    )
    assert in_force(line).title == "O"
    wait_for(lambda: line.status() is not None, 10, what="the worker's status")


def in_force(line: Line) -> Reference:
    return read_in_force(line.kafka.bootstrap, line.now)[0]


def test_it_can_count_from_a_later_instant(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DUNGHEN_KAFKA_BOOTSTRAP", line.kafka.bootstrap)
    folder = tmp_path / "reference"
    write_folder(CHANGED, folder)
    line.worker()
    line.publisher.publish(event(Received, "open", BEGIN))
    line.publisher.tick(BEGIN + HOUR)
    line.publisher.flush()
    later = "2023-11-17T00:00:00+00:00"
    state = ("--state", str(tmp_path / "state"))
    assert run(["reference", "load", str(folder), "--from", later, *state]) == 0
    assert run(["reference", "show", "--json", *state]) == 0
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert shown["hash"] == content_hash(REFERENCE)
    assert [each["hash"] for each in shown["coming"]] == [content_hash(CHANGED)]
    for hours, due in ((2, 30), (24 * 3, 50)):
        line.now = BEGIN + hours * HOUR
        line.finish()
        line.wait_committed()
        states = line.actual().states
        assert states["open"].course.due_at == BEGIN + due * HOUR
        assert states == line.expected().states
