"""Processes of the API that work on one late list: a Kafka in memory, one folder of files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from api.access.principal import Principal
from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from api.late_list.asking import StepAsked
from api.live.reader import TOPICS, LiveReader
from api.publications.ports import (
    FrozenFiles,
    LateListPolicy,
    LateLists,
    MonthNotWhole,
    SignatureFound,
)
from broker.memory.kafka import MemoryKafka
from dossiers.publication.editions import Edition
from dossiers.text.canonical import canonical_json
from dossiers.wire.one_tap import LinkKey
from dossiers.wire.publications import Case
from dossiers.wire.topics import PUBLICATIONS
from dunghen.serving.settings_writer import SettingsTopic
from tests.api.access.callers import Guarded, guarded, person
from tests.api.city import TIMELINE, City, a_morning
from tests.dossiers.publication.made_lists import BUILDING, LAND, LONG, SECRET, TUAN, small_list
from tests.support.waiting import wait_for_async

KEY = LinkKey(bytes(range(32)))
REAL = 1_795_500_000_000  # real time
LIST = "2026-10"
URL = f"/api/v1/publications/{LIST}"
OFFICER = person("officer", officer=TUAN)
OTHER = person("officer", officer=LONG)
HEAD = Principal("a head", frozenset({"supervisor"}), "session", (BUILDING,), "head-xd")
HEAD_LAND = Principal("another", frozenset({"supervisor"}), "session", (LAND,), "head-dd")
REVIEWER = Principal("reform-1", frozenset({"reform_office"}), "session")
SECOND = Principal("reform-2", frozenset({"reform_office"}), "session")
LEADER = Principal("leader-1", frozenset({"leader"}), "session")
ADMIN = person("admin")
TUAN_1, TUAN_2 = Case("H99-1001", BUILDING, TUAN), Case("H99-1002", BUILDING, TUAN)
LONG_1, OF_LAND = Case("H99-1001", BUILDING, LONG), Case("H99-2004", LAND)


class NoRows:
    async def rows(self, *_: object) -> list[dict[str, Any]]:
        return []


@dataclass
class MadeFreezer:
    """Keeps the files of the made-up list, each time under another secret. ``part``: the log has
    not all of the month."""

    blobs: BlobStore
    asked: list[tuple[str, int, Mapping[str, tuple[str, ...]]]] = field(default_factory=list)
    part: bool = False

    async def freeze(
        self,
        month: str,
        scope: str,
        edition: int,
        cites: str,
        listed_before: Mapping[str, tuple[str, ...]],
        *,
        whole: bool,
    ) -> FrozenFiles:
        self.asked.append((month, edition, listed_before))
        if whole and self.part:
            raise MonthNotWhole("Not all of it.", 409)
        made = small_list(edition=edition, cites=cites, watermark=REAL + len(self.asked))
        put = self.blobs.put
        core, rows, sheet = (canonical_json(each) for each in made[:3])
        return FrozenFiles(
            put(core), put(rows), put(sheet), put(SECRET), made.core.cut, made.core.watermark,
            made.core.whole.total, made.core.whole.late,
        )  # fmt: skip


class AnySignature:
    async def check(self, signed: bytes, published: bytes) -> SignatureFound:
        assert signed.startswith(published + b"\n")
        return SignatureFound("ab" * 32, trusted=True)


@cache
def _city() -> City:
    city = City(TIMELINE)
    for event in a_morning():
        city.publish(event)
    return city


def new_kafka() -> MemoryKafka:
    kafka = MemoryKafka()
    kafka.create_topics(*TOPICS)
    return kafka


@dataclass
class Process:
    """One process of the API."""

    guarded: Guarded
    freezer: MadeFreezer

    @property
    def edition(self) -> Edition:
        found = self.guarded.live.publications.edition(LIST)
        assert found is not None
        return found

    @property
    def number(self) -> int:
        return self.edition.records[-1].record.number

    def client(self, who: Any) -> httpx.AsyncClient:
        return self.guarded.client(who)

    async def get(self, who: Any, path: str) -> httpx.Response:
        async with self.client(who) as http:
            return await http.get(path)

    async def post(self, who: Any, step: str, **body: Any) -> httpx.Response:
        """A step at what the process knows by now, unless ``seen`` says otherwise."""
        head = self.guarded.live.publications.state.head.number
        asked = {"request": f"{step} {head}", **({"seen": head} if step else {}), **body}
        path = f"{URL}/{step}" if step else "/api/v1/publications"
        async with self.client(who) as http:
            return await http.post(path, json=asked)

    async def done(self, who: Any, step: str, **body: Any) -> Any:
        """The same, which is to be taken."""
        answer = await self.post(who, step, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def frozen(self) -> Any:
        return await self.done(REVIEWER, "", month=LIST)


def cases(*found: Case) -> list[dict[str, str]]:
    return [{"dossier": each.dossier, "unit": each.unit, "officer": each.officer} for each in found]


@asynccontextmanager
async def process(
    kafka: MemoryKafka, folder: Path, mode: str = "simulation", **policy: Any
) -> AsyncIterator[Process]:
    """An API that has read the topic to its end."""
    blobs = BlobStore(folder / "blobs")
    writer = SettingsTopic(kafka, PUBLICATIONS)
    freezer = MadeFreezer(blobs)
    policy = {"automatic": False, **policy}
    lists = LateLists(
        writer, blobs, TextStore(blobs, KEY), KEY, freezer, AnySignature(),
        LateListPolicy(**policy), clock=lambda: REAL,
    )  # fmt: skip
    made = guarded(_city(), NoRows(), mode=mode, late_lists=lists)
    live = made.live
    live.reader = LiveReader(kafka, live.deliver, live.loaded)
    caught_up = asyncio.Event()
    live.reader._loaded = caught_up.set
    live.reader.start(asyncio.get_running_loop())
    try:
        await asyncio.wait_for(caught_up.wait(), 10)
        yield Process(made, freezer)
    finally:
        await asyncio.to_thread(live.reader.stop)
        writer.close()


async def same_head(*processes: Process) -> None:
    """Wait until all have read what any of them has."""
    books = [each.guarded.live.publications for each in processes]
    newest = max(book.state.head.number for book in books)
    await wait_for_async(lambda: all(book.state.head.number == newest for book in books))


def asked(request: str, seen: int) -> StepAsked:
    return StepAsked(LIST, request, seen)
