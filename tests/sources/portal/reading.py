"""Payloads of tests as the API reads them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import msgspec

from sources.portal.dates import ZONE
from sources.portal.envelope import Batch, read_envelope
from tests.sources.portal.payloads import (
    NOW,
)


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=ZONE).timestamp() * 1000)


def read(payload: Any, service: str | None = None, now: int = NOW) -> Batch:
    return read_envelope(msgspec.json.encode(payload), service).read(now, itertools.count())
