"""Commands that fail in a sentence, and those that only print."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import msgspec
import pytest

from documents.late_list.data import Paper, json_of
from dossiers.tallies.vector import WIDTH
from dossiers.wire.events import Received, Tick, encode_event
from dossiers.wire.late_lists import Envelope
from dossiers.wire.tallies import Tally
from dossiers.wire.timeline import Timeline
from dunghen.cli import run
from dunghen.schemas.documents import RECORDS, asyncapi, record_schemas
from dunghen.schemas.late_lists import FILES, late_list_schemas
from dunghen.settings.loading import names, variable
from dunghen.state.folder import StateFolder
from dunghen.state.lock import FolderLock
from tests.dossiers.publication.made_lists import small_list

MAPPING = '[columns]\ndossier = "case"\nactivity = "what"\ntime = "at"\n'


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings and no state of the machine that runs the tests; a terminal of known width."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in (*map(variable, names()), "DUNGHEN_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DUNGHEN_STATE_ROOT", str(tmp_path / "root"))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The sentence with which a command ends, status 2."""
    assert run(list(arguments)) == 2
    output = capsys.readouterr()
    assert "Traceback" not in output.err
    return output.err.rpartition("Error: ")[2].strip()


def holding(path: Path, timeline: Timeline) -> StateFolder:
    folder = StateFolder(path)
    folder.create()
    folder.note_timeline(timeline)
    return folder


def test_mixing_kinds_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replayed = Timeline(id="t", kind="replay", partitions=4, created_at=1, label="receipt.csv")
    folder = holding(tmp_path / "state", replayed)
    for command, asked in (("up", "live data"), ("demo", "a simulation")):
        said = refusal(capsys, command, "--state", str(folder.path))
        assert said.startswith(f"The state folder {folder.path} holds a replay (receipt.csv), and ")
        assert f"and {asked} cannot be mixed into it" in said
        assert "--state DIR" in said
    assert not (folder.path / "kafka").exists()
    assert folder.lock.holder() is None


def test_a_second_stack_on_one_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = StateFolder(tmp_path / "state")
    folder.create()
    with FolderLock(folder.path / "lock"):
        said = refusal(capsys, "up", "--state", str(folder.path))
    assert "A stack already runs on" in said
    assert "as process " in said


def test_a_port_that_is_taken_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(capsys, "up", "--state", str(tmp_path / "s"), "--port", str(port))
    assert said.startswith(f"Port {port} on 127.0.0.1 is taken by another program.")


def test_another_seed_than_the_folder_s_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "simulation seed=1 from=2026-09-28 live=1790000000000"
    line = Timeline(id="t", kind="simulation", partitions=4, created_at=1, source=source)
    folder = holding(tmp_path / "state", line)
    said = refusal(capsys, "demo", "--state", str(folder.path), "--seed", "2")
    assert "holds the city of seed 1, not 2" in said


def test_a_replay_of_what_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = ("--state", str(tmp_path / "state"))
    said = refusal(capsys, "replay", "log.csv", "--mapping", "map.toml", *state)
    assert said.startswith("log.csv")
    (tmp_path / "log.csv").write_text("case,what,at\n1,start,2026-01-01\n")
    said = refusal(capsys, "replay", "log.csv", "--mapping", "map.toml", *state)
    assert said.startswith("map.toml")
    (tmp_path / "map.toml").write_text(MAPPING)
    said = refusal(capsys, "replay", "log.csv", "--mapping", "map.toml", "--speed", "fast", *state)
    assert "--speed fast is neither max nor a number above 0" in said
    assert not (tmp_path / "state" / "kafka").exists()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("late-list draft --month 2026-13", "'2026-13' is no month"),
        ("reconcile --ids ids.txt --month 2026-13", "'2026-13' is no month"),
        ("reference load none", "none is no folder"),
        ("reference load empty", "empty has"),
        ("reference diff none", "none is no folder"),
    ],
)
def test_what_needs_no_stack_to_be_refused_starts_none(
    command: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    said = refusal(capsys, *command.split())
    assert why in said, "a folder without a timeline, on which no stack can be started, comes later"


@pytest.mark.parametrize("command", ["dead-letters list", "topics", "worker", "tick", "simulate"])
def test_commands_that_need_a_stack_say_so(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "No stack runs on the state folder" in refusal(capsys, *command.split())


def test_status_without_a_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = Timeline(id="t", kind="live", partitions=4, created_at=1)
    holding(tmp_path / "root" / "live", line)
    assert run(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["running"], found["timeline"]["id"]) == (False, "t")
    assert found["state"] == str(tmp_path / "root" / "live")


def test_config_prints_origins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text("[demo]\nseed = 9\n")
    monkeypatch.setenv("DUNGHEN_NOTIFY_SMTP_PASSWORD", "hunter2")
    assert run(["--config", "own.toml", "config", "--json"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out)
    assert found["demo.seed"]["value"] == 9
    assert found["demo.seed"]["origin"] == "file"
    assert found["state.root"]["origin"] == "env"
    assert found["kafka.partitions"]["origin"] == "default"
    assert found["notify.smtp_password"]["origin"] == "env"
    assert "hunter2" not in out


def test_doctor_says_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor", "--json"])
    found = {entry["what"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert found["Java"]["level"] == "ok"
    assert found["packages"]["found"] == "all there"
    assert all(entry["todo"] for entry in found.values() if entry["level"] != "ok")


def test_schemas_fit_the_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Not with the others: its import takes two seconds, in every process that collects the tests.
    import jsonschema  # type: ignore[import-untyped]

    assert run(["schema", "--out", str(tmp_path / "out")]) == 0
    written = {path.name for path in (tmp_path / "out").iterdir()}
    named = {f"{name}.schema.json" for name in (*RECORDS, *FILES)}
    assert written == named | {"asyncapi.json"}
    schemas = {**record_schemas(), **late_list_schemas()}
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)
    received = Received(
        event_id="e", dossier_id="d", occurred_at=1, received_at=2, source="s", due_at=9
    )
    for event in (received, Tick(now=5)):
        jsonschema.validate(json.loads(encode_event(event)), schemas["event"])
    tally = Tally(timeline="t", scope="all", now=1, vector=(0,) * WIDTH, versions={"0": (1, 2)})
    jsonschema.validate(json.loads(msgspec.json.encode(tally)), schemas["tally"])
    made = small_list()
    body = json_of(Paper(core=made.core, rows=made.rows, sheet=made.sheet, envelope=Envelope()))
    jsonschema.validate(json.loads(body), schemas["late-list"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": "tick", "now": "late"}, schemas["event"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(
            json.loads(body.replace(b'"stage":"frozen"', b'"stage":"x"')), schemas["late-list"]
        )


def test_asyncapi_references_exist() -> None:
    document = asyncapi()
    text = json.dumps(document)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        node: object = document
        for step in reference.removeprefix("#/").split("/"):
            assert isinstance(node, dict)
            node = node[step]
    assert set(document["components"]["messages"]) == set(RECORDS)
