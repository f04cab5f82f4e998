"""A state of an older version becomes one of this version, whatever happens on the way."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from sinks.store import Store
from sources.spool import Spool
from tests.e2e.old_state import DOSSIERS_MADE, WAITING, make_old_state
from tests.e2e.product import ROOT, answer, command, dunghen, environment

pytestmark = pytest.mark.timeout(900)


def killed_while_it_folds(state: Path) -> None:
    """kill -9, once the new time line stands in the working folder's Kafka."""
    with subprocess.Popen(
        command("refold", "--state", str(state)),
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        seen = []
        for line in process.stderr:
            seen.append(line)
            if "New time line" in line:
                break
        else:
            raise AssertionError("".join(seen))
        process.send_signal(signal.SIGKILL)


def test_an_old_state_is_refused_folded_anew_and_kept_aside(tmp_path: Path) -> None:
    state = tmp_path / "state"
    old = make_old_state(state)
    at = ("--state", str(state))
    before = (state / "state.json").read_bytes()
    for arguments in (("up", *at), ("verify", *at), ("backup", str(tmp_path / "backup"), *at)):
        refused = dunghen(*arguments, status=2)
        assert "older version" in refused.stderr
        assert "dunghen refold" in refused.stderr
    killed_while_it_folds(state)
    assert (state / "state.json").read_bytes() == before
    assert "dunghen refold" in dunghen("up", *at, status=2).stderr

    report = answer("refold", *at)
    done = report["refold"]
    assert report["equal"] is True
    assert (report["dossiers"], done["former"], done["changed"]) == (DOSSIERS_MADE, [old.id], True)
    aside = state / f"before-refold-{old.id[:8]}"
    assert done["kept_in"] == str(aside)
    assert (aside / "state.json").read_bytes() == before
    assert json.loads((state / "state.json").read_bytes())["timeline"]["former"] == [old.id]
    assert not (state / "refold").exists()

    new = done["timeline"]
    with Store.embedded(str(state / "clickhouse")) as store:

        def found(table: str, columns: str) -> list[tuple[object, ...]]:
            sql = f"SELECT {columns} FROM {table} FINAL WHERE timeline = '{new}' ORDER BY ALL"  # noqa: S608
            return [tuple(row.values()) for row in store.query(sql)]

        letters = found("dead_letters", "reason, topic, partition, offset, dl_offset")
        told = {each[:4]: each[4] for each in letters if each[0] != "dropped"}
        assert told.keys() == {
            ("malformed", "dossier-events", 0, 2),
            ("malformed", "dossier-events", 1, 2),
            ("missing_unit", "dossier-events", -1, -1),
            ("unfoldable", "dossier-events", -1, -1),
        }
        settled = {each[3] for each in letters if each[0] == "dropped"}
        assert settled == {
            told["malformed", "dossier-events", 0, 2],
            told["unfoldable", "dossier-events", -1, -1],
        }
        assert found("deliveries", "alert_id, receiver") == [("told", "mail:1")]
        shown = found("tallies", "scope, toString(minute), open")
        assert ("all", "2026-09-22 00:00:00", 7) in shown
        assert not any(str(minute) >= "2030" for _, minute, _ in shown)
        units = {unit for _, unit in found("dossiers", "dossier_id, unit")}
        assert units == {"u-1"}
        # What waited for Kafka came with the first start.
        assert (WAITING.event_id,) in found("dossier_events", "event_id")
    spool = Spool(state / "spool" / "spool.sqlite", new, 1_000)
    assert spool.records == 0
    spool.close()

    again = answer("refold", *at)["refold"]
    assert (again["changed"], again["timeline"]) == (False, new)
