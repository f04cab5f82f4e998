"""The rights that ``dunghen acls`` prints. That they are enough, and no more: tests/e2e."""

from __future__ import annotations

import chdb
import pytest

from dossiers.wire.topics import PUBLICATIONS
from dunghen.rights.clickhouse import grants
from dunghen.rights.kafka import PROCESSES, commands, rights


@pytest.mark.parametrize("database", ["dunghen", "a`b\\c"])
def test_clickhouse_reads_the_grants_as_they_are_meant(database: str) -> None:
    for statement in grants(database, "dunghen-"):
        quoted = statement.rstrip(";").replace("\\", "\\\\").replace("'", "\\'")
        once = str(chdb.query(f"SELECT formatQuerySingleLine('{quoted}')", "TabSeparatedRaw"))
        assert once.strip().startswith(("CREATE ROLE", "GRANT"))
    api = [line for line in grants(database, "x-") if line.endswith("TO `x-api`;")]
    assert len(api) == 1
    assert api[0].startswith("GRANT SELECT ON ")


def test_nobody_but_the_api_writes_what_becomes_of_late_lists() -> None:
    writes = {
        right.process
        for right in rights("abc")
        if right.name == PUBLICATIONS and right.operation == "Write"
    }
    assert writes == {"api"}


def test_every_right_is_a_call_of_kafka_s_tool() -> None:
    lines = commands(rights("abc"), "kafka:9093", "city-")
    assert len(lines) == len(rights("abc")) == len(set(lines))
    for process in PROCESSES:
        assert any(f"User:city-{process} " in line for line in lines)
    assert (
        "kafka-acls.sh --bootstrap-server kafka:9093 --command-config admin.properties --add"
        " --allow-principal User:city-worker --operation Write --transactional-id abc"
        " --resource-pattern-type prefixed"
    ) in lines
