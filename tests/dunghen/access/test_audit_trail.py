"""The audit trail through a real broker."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from api.access.keys import Key
from broker.kafka import Kafka
from dossiers.text.kept_ids import KeptIds
from dossiers.text.keyed import KEY_BYTES, Keyed
from dossiers.wire.audit import Audited
from dossiers.wire.topics import AUDIT
from dunghen.access import audit_trail
from dunghen.cli import run
from dunghen.settings.installation import Installation
from dunghen.settings.model import Settings
from dunghen.timeline.topic_specs import AUDIT_KEPT_MS, topic_specs
from tests.support.kafka import TestKafka


def entry(subject: str, target: str, kind: Any = "dossier") -> Audited:
    return Audited(
        timeline="t", at=1_795_395_600_000, kind=kind, subject=subject, means="session",
        roles=("leader",), target=target, route="/api/v1/dossiers/{dossier:path}", status=200,
    )  # fmt: skip


def test_what_is_written_is_listed(
    kafka: TestKafka, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    topic = kafka.unique(AUDIT)
    kafka.create_topics(topic, partitions=1)
    monkeypatch.setattr(audit_trail, "AUDIT", topic)
    here = SimpleNamespace(kafka=Kafka(kafka.bootstrap), settings=Settings())
    ids = KeptIds(Keyed(bytes(KEY_BYTES)))
    monkeypatch.setattr("dunghen.ingest.id_rules.ids_of", lambda *_: ids)
    monkeypatch.setattr("dunghen.ingest.id_rules.require_timeline", lambda _: None)
    monkeypatch.setattr(Installation, "find", lambda _: here)
    monkeypatch.setattr(audit_trail, "require_timeline", lambda _: SimpleNamespace(id="t"))
    trail = audit_trail.KafkaTrail(Kafka(kafka.bootstrap))
    written = [entry("a", "d-1"), entry("b", "d-2"), entry("a", "unit:u1", "list")]
    written.append(entry("c", ids.kept("0912 345 678")))  # as the API notes who looked at it
    for each in written:
        trail.write(each)
    trail.close()
    assert trail.lost == 0
    assert list(audit_trail.read_audit(here)) == written  # type: ignore[arg-type]
    audit_trail.audit_key(here, "key_added", Key(id="k", name="n", role="wall", sha256="0"))  # type: ignore[arg-type]

    def listed(*arguments: str) -> list[dict[str, Any]]:
        assert run(["audit", "list", "--json", *arguments]) == 0
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["entries"]
        return found

    assert [e["kind"] for e in listed()] == [
        *["dossier", "dossier", "list", "dossier"],
        "key_added",
    ]
    assert [e["target"] for e in listed("--subject", "a")] == ["d-1", "unit:u1"]
    assert [e["subject"] for e in listed("--target", "u1")] == ["a"]
    assert [e["subject"] for e in listed("--target", "d-2")] == ["b"]
    assert [e["subject"] for e in listed("--target", "0912 345 678")] == ["c"]
    assert [e["target"] for e in listed("--kind", "key_added")] == ["wall:n:k"]
    assert len(listed("--limit", "1")) == 1
    assert run(["audit", "list"]) == 0
    assert "d-1" in capsys.readouterr().out


def test_the_topic_is_kept_for_two_years_and_never_compacted() -> None:
    (spec,) = [spec for spec in topic_specs(4, 1) if spec.name == AUDIT]
    assert spec.config["cleanup.policy"] == "delete"
    assert int(spec.config["retention.ms"]) == AUDIT_KEPT_MS >= 2 * 365 * 86_400_000
    assert spec == replace(spec, partitions=1)
