"""The whole product on a Kafka that asks who its clients are, each process as a user of its own
with the rights that ``dunghen acls`` prints, and no others."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourceType,
)
from confluent_kafka.admin import ResourcePatternType as PatternType

from broker.kafka import Kafka
from dossiers.time.hours import DAY
from dossiers.wire.events import Progressed, encode_event
from dossiers.wire.topics import ALERTS, DOSSIERS, EVENTS, REFERENCE, TALLIES
from dunghen.rights.kafka import PROCESSES
from sources.acknowledged import AcknowledgedSender
from tests.e2e.product import ROOT, command, dunghen, environment
from tests.sinks.conftest import Gateway, gateway
from tests.support import free_port, wait_for
from tests.support.clickhouse_gateway import PASSWORD, USER
from tests.support.secured_kafka import ADMIN, SecuredKafka, secured_kafka

__all__ = ["gateway"]

RESOURCES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional-id": ResourceType.TRANSACTIONAL_ID,
}
OPERATIONS = {
    "Read": AclOperation.READ,
    "Write": AclOperation.WRITE,
    "Create": AclOperation.CREATE,
    "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS,
    "AlterConfigs": AclOperation.ALTER_CONFIGS,
}


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    users = [f"dunghen-{process}" for process in PROCESSES]
    with secured_kafka(tmp_path_factory.mktemp("secured"), users) as broker:
        yield broker


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The setting of the key for hashing, which topics, API and ingest share."""
    return {"DUNGHEN_PERSONAL_HASH_KEY_FILE": str(tmp_path_factory.mktemp("key") / "hash-key")}


@pytest.fixture(scope="module")
def allowed(
    kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory, key: dict[str, str]
) -> SecuredKafka:
    """A live timeline, and the rights of its processes."""
    state = str(tmp_path_factory.mktemp("admin"))
    admin = {**kafka.environment(ADMIN), **key}
    dunghen("topics", "--state", state, **admin)
    said = dunghen("acls", "--state", state, "--json", **admin).stdout
    bindings = [
        AclBinding(
            RESOURCES[right["resource"]],
            right["name"],
            PatternType.PREFIXED if right["prefixed"] else PatternType.LITERAL,
            f"User:dunghen-{right['process']}",
            "*",
            OPERATIONS[right["operation"]],
            AclPermissionType.ALLOW,
        )
        for right in json.loads(said)["kafka"]
    ]
    client = AdminClient(kafka.client(ADMIN))
    for future in client.create_acls(bindings, request_timeout=20).values():
        future.result(20)
    return kafka


@contextmanager
def running(*arguments: str, log: Path, **env: str) -> Iterator[None]:
    """One process of the product; it has not ended when the block does."""
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command(*arguments), cwd=ROOT, env=environment(**env), stdout=out, stderr=out
        ) as process,
    ):
        try:
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()


def test_every_process_does_its_work_with_its_own_rights(
    allowed: SecuredKafka, gateway: Gateway, tmp_path: Path, key: dict[str, str]
) -> None:
    port = free_port()
    now = datetime.now()
    dossier = {
        "MaHoSo": "H29.01-1",
        "MaTTHC": "P01",
        "NgayTiepNhan": f"{now - timedelta(days=9):%Y%m%d}080000",
        "NgayHenTra": f"{now - timedelta(days=2):%Y%m%d}170000",
        "TrangThaiHoSo": "2",
        "DonViXuLy": "U001",
    }
    (tmp_path / "sent.jsonl").write_text(json.dumps(dossier))
    clickhouse = {
        "DUNGHEN_CLICKHOUSE_URL": gateway.url,
        "DUNGHEN_CLICKHOUSE_USER": USER,
        "DUNGHEN_CLICKHOUSE_PASSWORD": PASSWORD,
        "DUNGHEN_CLICKHOUSE_DATABASE": "least_rights",
    }

    def settings(process: str) -> dict[str, Any]:
        state = {"DUNGHEN_STATE_ROOT": str(tmp_path / process)}
        needed = {} if process in ("worker", "sink", "tick") else key
        return {**allowed.environment(f"dunghen-{process}"), **clickhouse, **state, **needed}

    dunghen("migrate", **settings("operator"))
    with ExitStack() as stack:
        for process, *flags in (["worker"], ["sink"], ["tick"], ["api", "--port", str(port)]):
            log = tmp_path / f"{process}.log"
            stack.enter_context(running(process, *flags, log=log, **settings(process)))
        dunghen("ingest", str(tmp_path / "sent.jsonl"), "--unit", "H29", **settings("source"))
        other = tmp_path / "another-key"
        other.write_text("ab" * 32)
        wrong = {**settings("source"), "DUNGHEN_PERSONAL_HASH_KEY_FILE": str(other)}
        for arguments in (["ingest", str(tmp_path / "sent.jsonl")], ["worker"], ["api"]):
            refused = dunghen(*arguments, status=2, **wrong)
            assert "is not that of the timeline" in refused.stderr
        url = f"http://127.0.0.1:{port}/api/v1/"

        def overdue(unit: dict[str, Any]) -> object:
            return unit.get("figures", {}).get("overdue")

        def shown(path: str) -> dict[str, Any]:
            try:
                answer = httpx.get(url + path, timeout=10)
            except httpx.TransportError:
                return {}
            found: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
            return found

        wait_for(lambda: overdue(shown("units/U001")) == 1, 60, what="one overdue dossier")
        wait_for(lambda: shown("dossiers/H29.01-1"), 30, what="its row in ClickHouse")
        decide_on_dead_letters(allowed, url)
        dunghen("topics", **settings("operator"))
        dunghen("reference", "show", **settings("operator"))


def decide_on_dead_letters(kafka: SecuredKafka, url: str) -> None:
    """One that can be taken a little later is replayed, one that never can is dropped: by the API,
    with its own rights."""
    now = time.time_ns() // 1_000_000
    ahead = now + DAY + 5_000
    event = Progressed(
        event_id="ahead", dossier_id="H29.01-1", occurred_at=ahead, received_at=now, source="t",
        step="soon",
    )  # fmt: skip
    key = event.dossier_id.encode()
    sender = AcknowledgedSender(Kafka(kafka.bootstrap, kafka.client("dunghen-source")))
    sender.send([(key, encode_event(event)), (key, b"no event")]).result(20)
    sender.close()
    letters = f"{url}dead-letters"

    def listed() -> dict[str, int]:
        found = httpx.get(letters, timeout=10).json()["dead_letters"]
        return {each["reason"]: each["number"] for each in found if each["state"] == "open"}

    wait_for(lambda: len(listed()) == 2, 30, what="two dead letters in ClickHouse")
    numbers = listed()
    replayed, (_, dropped) = numbers.pop("from_the_future"), numbers.popitem()
    done = httpx.post(f"{letters}/{dropped}/drop", json={"reason": "no event"}, timeout=20)
    assert (done.status_code, done.json()["state"]) == (200, "dropped"), done.text
    wait_for(
        lambda: httpx.post(f"{letters}/{replayed}/replay", timeout=20).status_code == 200,
        30,
        what="the replay of what lay ahead",
    )
    wait_for(lambda: not listed(), 30, what="both decisions in ClickHouse")

    def step() -> object:
        return httpx.get(f"{url}dossiers/H29.01-1", timeout=10).json()["step"]

    wait_for(lambda: step() == "soon", 30, what="the replayed event in its dossier")


@pytest.mark.parametrize(
    ("process", "topic"),
    [
        ("worker", EVENTS),
        ("sink", EVENTS),
        ("api", TALLIES),
        ("api", REFERENCE),
        ("tick", DOSSIERS),
        ("source", ALERTS),
        ("operator", TALLIES),
    ],
)
def test_a_process_cannot_write_what_is_not_its_own(
    allowed: SecuredKafka, process: str, topic: str
) -> None:
    refusals: list[KafkaError] = []
    producer = Producer(allowed.client(f"dunghen-{process}"))
    try:
        producer.produce(
            topic, b"x", on_delivery=lambda error, _: refusals.append(error) if error else None
        )
        assert producer.flush(20) == 0
    except KafkaException as error:
        refusals.append(error.args[0])
    assert [refusal.code() for refusal in refusals] == [KafkaError.TOPIC_AUTHORIZATION_FAILED]
