"""A state of an older version becomes one of this version, whatever happens on the way."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TopicPartition

from broker.ends import end_offsets
from broker.kafka import Kafka
from broker.reading import read_all
from dossiers.wire.topics import ALERTS, DEAD_LETTERS, EVENTS
from infra.kafka.broker import EmbeddedKafka
from sinks.rebuild import TABLES
from sinks.store import Store
from sources.spool import Spool
from tests.e2e.old_state import (
    DOSSIERS_MADE,
    WAITING,
    fill_kafka,
    fill_tables,
    make_old_state,
)
from tests.e2e.product import ROOT, answer, command, dunghen, environment
from tests.sinks.conftest import Gateway, gateway
from tests.support.clickhouse_gateway import PASSWORD, USER

__all__ = ["gateway"]

pytestmark = pytest.mark.timeout(900)


def killed_while_it_folds(state: Path) -> None:
    """kill -9, once the new timeline stands in the working folder's Kafka."""
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
            if "New timeline" in line:
                break
        else:
            raise AssertionError("".join(seen))
        process.send_signal(signal.SIGKILL)


def rows(store: Store, timeline: str, table: str, columns: str) -> list[tuple[Any, ...]]:
    sql = f"SELECT {columns} FROM {table} FINAL WHERE timeline = {{t:String}} ORDER BY ALL"  # noqa: S608
    return [tuple(row.values()) for row in store.query(sql, {"t": timeline})]


def tables_are_those_of(store: Store, new: str) -> None:
    """Made by today's rules from the log, with their reasons; and what only the old tables knew."""
    letters = rows(store, new, "dead_letters", "reason, topic, partition, offset, dl_offset")
    told = {each[:4]: each[4] for each in letters if each[0] != "dropped"}
    assert told.keys() == {
        ("not_json", "dossier-events", 0, 2),
        ("not_json", "dossier-events", 1, 2),
        ("missing_unit", "dossier-events", -1, -1),
        ("unfoldable", "dossier-events", -1, -1),
    }
    settled = {each[3] for each in letters if each[0] == "dropped"}
    assert settled == {
        told["not_json", "dossier-events", 0, 2],
        told["unfoldable", "dossier-events", -1, -1],
    }
    assert rows(store, new, "deliveries", "alert_id, receiver") == [("told", "mail:1")]
    shown = rows(store, new, "tallies", "scope, toString(minute), open")
    assert ("all", "2026-09-22 00:00:00", 7) in shown
    assert not any(minute >= "2030" for _, minute, _ in shown)
    dossiers = dict(rows(store, new, "dossiers", "dossier_id, unit"))
    assert (len(dossiers), set(dossiers.values())) == (DOSSIERS_MADE, {"u-1"})
    assert rows(store, new, "alerts", "count()") > [(0,)]
    for table in TABLES:
        of = store.query(f"SELECT DISTINCT timeline FROM {table}")  # noqa: S608
        # A log of that version says nothing of these.
        expected = [] if table in ("traits", "sync_errors") else [new]
        assert [row["timeline"] for row in of] == expected, table


def test_an_old_state_is_refused_folded_anew_and_kept_aside(tmp_path: Path) -> None:
    state = tmp_path / "state"
    old = make_old_state(state, version=2)
    at = ("--state", str(state))
    before = (state / "state.json").read_bytes()
    refused = dunghen("up", *at, status=2)
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
    assert done["dead_letters"] == 4

    new = done["timeline"]
    with Store.embedded(str(state / "clickhouse")) as store:
        tables_are_those_of(store, new)
        # What waited for Kafka came with the first start.
        assert (WAITING.event_id,) in rows(store, new, "dossier_events", "event_id")
    spool = Spool(state / "spool" / "spool.sqlite", new, 1_000)
    assert spool.records == 0
    spool.close()

    again = answer("refold", *at)["refold"]
    assert (again["changed"], again["timeline"]) == (False, new)


def test_on_servers_the_same_log_becomes_the_same(tmp_path: Path, gateway: Gateway) -> None:
    state = tmp_path / "machine"
    with (
        EmbeddedKafka(tmp_path / "kafka", ask=False) as broker,
        Store.server(gateway.url, USER, PASSWORD, "to_be_refolded") as store,
    ):
        old = fill_kafka(broker.bootstrap, version=1)
        fill_tables(store, old.id)
        env = {
            "DUNGHEN_KAFKA_BOOTSTRAP": broker.bootstrap,
            "DUNGHEN_CLICKHOUSE_URL": gateway.url,
            "DUNGHEN_CLICKHOUSE_USER": USER,
            "DUNGHEN_CLICKHOUSE_PASSWORD": PASSWORD,
            "DUNGHEN_CLICKHOUSE_DATABASE": "to_be_refolded",
            "DUNGHEN_PERSONAL_HASH_KEY_FILE": str(tmp_path / "hash-key"),
        }
        for part in ("worker", "sink"):
            refused = dunghen(part, "--state", str(state), status=2, **env)
            assert "older version" in refused.stderr, part
        log = end_offsets(Kafka(broker.bootstrap), EVENTS)
        report = answer("refold", "--state", str(state), status=0, **env)
        done = report["refold"]
        assert (report["equal"], done["former"], done["kept_in"]) == (True, [old.id], None)
        assert end_offsets(Kafka(broker.bootstrap), EVENTS) == log
        tables_are_those_of(store, done["timeline"])
        letters = read_all(Kafka(broker.bootstrap), DEAD_LETTERS)
        assert {json.loads(each.value() or b"")["timeline"] for each in letters} == {
            done["timeline"]
        }
        # Nobody is told of alerts again: whoever tells people begins behind them.
        ends = end_offsets(Kafka(broker.bootstrap), ALERTS)
        assert sum(ends.values()) > 0
        assert committed(broker.bootstrap, f"{done['timeline']}-notifier", ends) == ends
        again = answer("refold", "--state", str(state), status=0, **env)["refold"]
        assert (again["changed"], again["timeline"]) == (False, done["timeline"])


def committed(bootstrap: str, group: str, ends: dict[int, int]) -> dict[int, int]:
    consumer = Kafka(bootstrap).consumer({"group.id": group})
    try:
        found = consumer.committed([TopicPartition(ALERTS, p) for p in ends], timeout=20)
        return {each.partition: each.offset for each in found}
    finally:
        consumer.close()
