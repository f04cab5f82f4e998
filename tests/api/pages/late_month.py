"""An application over one frozen month, and those who work on its list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.access.config import AccessConfig
from api.app import create_app
from api.core import Live
from api.desk.blobs import BlobStore
from api.desk.texts import TextStore
from api.publications.ports import LateLists
from dossiers.text.canonical import canonical_json
from dossiers.wire.events import Tick
from dossiers.wire.one_tap import KEY_BYTES, LinkKey
from dossiers.wire.topics import PUBLICATIONS
from tests.api.access.callers import ADMIN_TOKEN, SECRET, EchoedSettings, Entries, Guarded, person
from tests.api.city import City
from tests.api.settings import config
from tests.dossiers.publication.made_lists import BUILDING, TUAN, MadeList, at, small_list
from tests.dossiers.publication.made_records import Story

NOW = at(3, 9, month=11)
TUAN_SIGNED_IN = person("officer", officer=TUAN)
HEAD_SIGNED_IN = person("supervisor", units=(BUILDING,))
REVIEWER_SIGNED_IN = person("reform_office", officer="reform-1")
SECOND_SIGNED_IN = person("reform_office", officer="reform-2")
LEADER_SIGNED_IN = person("leader", officer="leader-1")


class NoRows:
    """ClickHouse without anything in it."""

    async def rows(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return []


class LateMonth:
    """``guard``: the application; ``story``: writes records as if people had."""

    def __init__(
        self, folder: Path, made: MadeList | None = None, mode: str = "simulation"
    ) -> None:
        self.made = made or small_list()
        self.writer = EchoedSettings(PUBLICATIONS)
        self.blobs = BlobStore(folder)
        key = LinkKey(bytes(KEY_BYTES))
        self.texts = TextStore(self.blobs, key)
        lists = LateLists(self.writer, self.blobs, self.texts, key)
        self.story = Story()
        self.guard = _application(lists, mode)
        self.writer.live = self.guard.live
        put = self.blobs.put
        core, rows, sheet, secret = self.made
        self.story.freeze(
            core=put(canonical_json(core)), rows=put(canonical_json(rows)),
            sheet=put(canonical_json(sheet)), secret=put(secret),
            total=core.whole.total, late=core.whole.late, simulation=mode == "simulation",
        )  # fmt: skip

    def tell(self) -> None:
        """What the story wrote comes to the application."""
        for value in self.story.values:
            self.guard.live.deliver([(PUBLICATIONS, b"publications", value)])
        self.story.values.clear()

    def text(self, words: str, name: str = "x") -> str:
        """The SHA-256 of a text that somebody wrote."""
        return self.texts.put(words, name)


def _application(lists: LateLists, mode: str) -> Guarded:
    access = AccessConfig(
        loopback="none", session_secret=SECRET, admin_token=ADMIN_TOKEN, rate=10_000.0
    )
    trail = Entries([])
    given = config(access=access, mode=mode, late_lists=lists)
    app = create_app(given, NoRows(), trail=trail)
    live: Live = app.state.live
    city = City()
    city.publish(Tick(NOW))
    live.deliver(city.records())
    live.loaded()
    return Guarded(app, trail)
