"""All that could hold what was planted: answers, topics, tables, files; and the search in it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from dunghen.api_client.inner import RemoteClickHouse
from tests.e2e.planting import DIGITS, WORD, Form
from tests.support.kafka import TestKafka

_WORD = re.compile(rf"{WORD}[a-z]{{3}}")
# Digits with at most three signs between two of them, as people group numbers.
_RUN = re.compile(r"[0-9](?:[\s._/()\[\]+·–-]{0,3}[0-9]){8,60}")
_UNICODE_DIGIT = re.compile("[\N{FULLWIDTH DIGIT ZERO}-\N{FULLWIDTH DIGIT NINE}]")
_ESCAPED = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_QUOTED = re.compile("(?:%[0-9a-fA-F]{2})+")
_SIGNS = re.compile(r"[^0-9]+")
_CF = re.compile("[\N{ZERO WIDTH SPACE}-\N{ZERO WIDTH JOINER}\N{WORD JOINER}]")
_BETWEEN = re.escape(" \t\n\r\v\f._/()[]+·–-\u00a0\u2009\u200b\u200c\u200d\u2060")
_SPREAD = re.compile(f"[{_BETWEEN}]*".join(DIGITS))


@dataclass
class Seen:
    """What was looked at, as (where, text), and how much there was of it."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    accepted: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)

    def add(self, where: str, *texts: str) -> None:
        self.texts += [(where, text) for text in texts]

    def add_files(self, where: str, folder: Path, without: Iterable[Path] = ()) -> None:
        """Every file in ``folder``, read as it is."""
        left_out = set(without)
        for path in folder.rglob("*"):
            if path.is_file() and path not in left_out:
                text = path.read_bytes().decode("utf-8", "ignore")
                self.add(f"{where}/{path.relative_to(folder)}", text)

    def places(self, text: str) -> set[str]:
        """Where it stands."""
        return {where for where, found in self.texts if text in found}


def _unescaped(text: str) -> str:
    """As it was before somebody wrote it into JSON, a log or an address."""
    if "\\" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    return _QUOTED.sub(lambda f: unquote(f[0], errors="ignore"), text) if "%" in text else text


def cores(text: str, wanted: set[str]) -> set[str]:
    """Which of the ``wanted`` cores stand in ``text``, however they are written."""
    text = _unescaped(text)
    low = text.lower()
    found = set(_WORD.findall(low)) & wanted if WORD in low else set()
    wide = not text.isascii() and _UNICODE_DIGIT.search(text) is not None
    if not wide and _SPREAD.search(text) is None:
        return found  # most of all texts, and the rest takes time
    if wide:
        text = unicodedata.normalize("NFKC", text)
    for run in _RUN.findall(_CF.sub("", text)):
        digits = _SIGNS.sub("", run)
        at = digits.find(DIGITS)
        while at >= 0:
            for start in range(max(0, at - 3), at + 1):
                found |= {digits[start : start + n] for n in (8, 9, 11)} & wanted
            at = digits.find(DIGITS, at + 1)
    return found


def leaks(seen: Seen, forms: Iterable[Form]) -> dict[str, set[str]]:
    """Where something that was planted stands: place to a few of the cores."""
    wanted = {form.core for form in forms}
    found: dict[str, set[str]] = {}
    for where, text in seen.texts:
        for core in cores(text, wanted):
            found.setdefault(where, set()).add(core)
    return found


def as_they_are(kafka: TestKafka) -> None:
    """Have Kafka's files hold what is sent as it is, so that it can be found there."""
    plain = ConfigEntry(
        "compression.type", "uncompressed", incremental_operation=AlterConfigOpType.SET
    )
    resources = [
        ConfigResource(ResourceType.TOPIC, name, incremental_configs=[plain])
        for name in kafka.topic_names()
        if not name.startswith("__")
    ]
    for future in kafka.admin.incremental_alter_configs(resources, request_timeout=20).values():
        future.result(20)


def read_kafka(kafka: TestKafka, found: Seen) -> None:
    """Every record of every topic, with keys and headers."""
    for topic in kafka.topic_names():
        messages = kafka.read_all(topic, committed=False)
        found.topics[topic] = len(messages)
        for message in messages:
            parts = [message.key() or b"", message.value() or b""]
            parts += [str(message.headers() or "").encode()]
            found.add(f"topic {topic}", b" ".join(parts).decode("utf-8", "replace"))


def read_clickhouse(store: RemoteClickHouse, found: Seen) -> None:
    """Every row of every table there is, ClickHouse's own logs among them."""
    tables = store.query(
        "SELECT database, name FROM system.tables WHERE database = currentDatabase()"
        " OR (database = 'system' AND name LIKE '%_log')"
    )
    for table in tables:
        name = f"{table['database']}.{table['name']}"
        rows = store.query(f"SELECT toString(tuple(*)) AS row FROM {name}")  # noqa: S608
        found.rows[table["name"]] = len(rows)
        found.add(f"table {name}", *(row["row"] for row in rows))
    store.close()
