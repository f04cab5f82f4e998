"""What the API needs to know; the composition root fills it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from api.access.config import AccessConfig
from api.access.handing import WallKeys
from api.acts import Acts
from api.ports import Queue, Reached, SettingsWriter
from api.publications.ports import LateLists


@dataclass(frozen=True)
class ApiConfig:
    """``bootstrap``: Kafka. ``timeline``, ``mode``, ``partitions``: of the timeline shown.

    ``title``: name of the operations centre, when the reference data has none. ``counters``: what
    only the worker knows (duplicates, lag), read at most once a second. ``checked``: the last
    recount, ``{"at": ms, "equal": bool}``, if there was one. ``ready``: reasons why the rest of the
    process is not ready. ``sink``: progress of a sink in this process, if one runs; its entries
    have the attributes of ``api.routes.wall.SinkStatus``. ``queues``: what waits elsewhere in this
    process and in those that report to it. ``reached``: how messages to people fare, None where
    none are sent. ``sought``: what an id that somebody asks for is called
    here (dossiers.text.kept_ids). ``settings``: writes how walls look, ``roster`` who is
    away, ``wall_keys`` the keys of displays; None where nobody may. ``acting``: with what people
    act on alerts; None where nobody does. ``late_lists``: with what they work on late lists, None
    where nobody does. ``gateways``: whether people may choose to be told by a
    gateway, too.
    """

    bootstrap: str
    timeline: str
    mode: Literal["live", "simulation", "replay"]
    partitions: int
    title: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    officer_names: Literal["initials", "full", "off"] = "initials"
    dashboards: Path = Path(__file__).parents[1] / "dashboards"
    kafka: Mapping[str, Any] = field(default_factory=dict, repr=False)
    counters: Callable[[], Mapping[str, int]] = dict
    checked: Callable[[], Mapping[str, Any] | None] = lambda: None
    ready: Callable[[], list[str]] = list
    sink: Callable[[], Iterable[Any]] | None = None
    queues: Callable[[], Iterable[Queue]] = tuple
    reached: Callable[[], Reached | None] = lambda: None
    max_clients: int = 20_000
    access: AccessConfig = field(default_factory=AccessConfig)
    sought: Callable[[str], str] = lambda id_: id_
    settings: SettingsWriter | None = None
    roster: SettingsWriter | None = None
    wall_keys: WallKeys | None = None
    acting: Acts | None = None
    late_lists: LateLists | None = None
    gateways: bool = False
