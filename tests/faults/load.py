"""A seeded load: lives of dossiers as offices report them, and records that nobody should send.

Times in ms. A round's records are made before it begins, from the clock at that moment; some of its
due times pass while it runs. The same seed makes the same lives, shifted to that clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

import msgspec

from tests.faults.deeds import any_deed
from tests.faults.installation import OFFICERS_OF, UNITS
from tests.faults.poison import PERSONAL, POISONS

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
SOURCES = ("one-stop", "portal")
_SHUFFLED = 40  # records: how far a record may be overtaken at once
HOURS_ONLY = {"hours": 200}
ALL_LIMITS = {"hours": 40, "working_days": 6, "days": 9, "months": 1}
_encode = msgspec.json.Encoder().encode
_POISONS_AT_MOST = 120  # a round; some are of 5 MB
DEEDS = 0.06  # a usual share
_BUSY = 12  # dossiers whose alerts many people act on


class Item(NamedTuple):
    """One record to publish. ``refused``: the reason its dead letter must have, "" if it is
    good. ``inner``: of a kind that no sender may send, so it goes to Kafka and not to the API."""

    key: bytes
    value: bytes
    refused: str = ""
    event_id: str = ""
    inner: bool = False


@dataclass(eq=False)
class _Dossier:
    id: str
    unit: str
    last: int
    number: int = 0
    received: bool = False
    stopped: bool = False
    ended: bool = False
    is_old: bool = False
    due: int | None = None  # the last that was told
    sent: list[str] = field(default_factory=list)  # event ids
    deeds: int = 0


class Load:
    """Makes one round's records after the other. ``limits``: most of each unit. ``retention``: ms
    after which closed dossiers leave; some are made to do so soon. ``deeds``: the share of records
    that say what somebody did about an alert, as the API would write them."""

    def __init__(
        self,
        seed: int,
        limits: Mapping[str, int] = HOURS_ONLY,
        retention: int | None = None,
        deeds: float = 0.0,
    ) -> None:
        self._limits = limits
        self._deeds = deeds
        self._busy: deque[_Dossier] = deque(maxlen=_BUSY)
        self._retention = retention
        self._rng = Random(f"{seed}:load")
        self._seed = seed
        self._made = 0
        self._poisons = 0
        self._open: list[_Dossier] = []
        self._history: list[Item] = []  # a sample of what was sent, to be sent again
        self._held: list[tuple[int, Item]] = []  # (round in which it comes, record)

    def round(self, number: int, count: int, now: int, poison: float = 0.004) -> list[Item]:
        """About ``count`` records of round ``number``. ``poison``: their share that is refused."""
        rng = self._rng
        poison = min(poison, _POISONS_AT_MOST / count)
        items = [item for due, item in self._held if due <= number]
        self._held = [(due, item) for due, item in self._held if due > number]
        while len(items) < count:
            chance = rng.random()
            if chance < poison:
                items.append(self._poison(now))
            elif chance < 0.05 and self._history:
                items.append(rng.choice(self._history))
            elif self._deeds and self._open and rng.random() < self._deeds:
                items += self._deed(now)
            else:
                item = self._event(now)
                if rng.random() < 0.04:
                    self._held.append((number + rng.randint(1, 3), item))
                    continue
                items.append(item)
                if rng.random() < 0.2:
                    self._history.append(item)
        self._reorder(items)
        return items

    def _reorder(self, items: list[Item]) -> None:
        rng = self._rng
        for i in range(len(items) - 1):
            if rng.random() < 0.15:
                j = min(len(items) - 1, i + rng.randint(1, _SHUFFLED))
                items[i], items[j] = items[j], items[i]

    def _event(self, now: int) -> Item:
        rng = self._rng
        if not self._open or rng.random() < 0.28:
            return self._begin(now)
        at = rng.randrange(len(self._open))
        dossier = self._open[at]
        if dossier.ended and rng.random() < 0.7:
            # The last one takes its place: nothing has to move.
            last = self._open.pop()
            if last is not dossier:
                self._open[at] = last
            return self._event(now)
        return self._go_on(dossier, now)

    def _begin(self, now: int) -> Item:
        rng = self._rng
        self._made += 1
        back = rng.choice((2 * MINUTE, 12 * HOUR, 5 * DAY, 35 * DAY))
        dossier = _Dossier(
            f"F{self._seed}-{self._made:06d}", rng.choice(UNITS), now - rng.randrange(1, back)
        )
        if self._retention is not None and rng.random() < 0.25:
            dossier.last = now - self._retention + rng.randrange(-15 * SECOND, 2 * MINUTE)
            dossier.is_old = True
        self._open.append(dossier)
        if rng.random() < 0.15:
            return self._made_event(dossier, "submitted", dossier.last, now, {"procedure": "P1"})
        return self._receive(dossier, now)

    def _receive(self, dossier: _Dossier, now: int) -> Item:
        rng = self._rng
        dossier.received = True
        more: dict[str, Any] = {"procedure": "P1", "officer": self._officer(dossier)}
        way = rng.random()
        if way < 0.35:
            more["due_at"] = now + rng.randrange(SECOND, 40 * SECOND)
        elif way < 0.5:
            more["due_at"] = now - rng.randrange(3 * DAY)
        elif way < 0.65:
            more["due_at"] = self._within(dossier.last, now)
        elif way < 0.75:
            more["due_at"] = now + rng.randrange(30 * HOUR)
        elif way < 0.9:
            unit = rng.choice(tuple(self._limits))
            more["limit"] = {"amount": rng.randint(1, self._limits[unit]), "unit": unit}
        return self._made_event(dossier, "received", dossier.last, now, more)

    def _within(self, at: int, now: int) -> int:
        """Between ``at`` and a little after now."""
        return at + self._rng.randrange(1, max(2, now - at + MINUTE))

    def _go_on(self, dossier: _Dossier, now: int) -> Item:
        rng = self._rng
        ahead = now - dossier.last
        # News of an old one is old, too, or much later than the last.
        if dossier.is_old and rng.random() < 0.95:
            ahead = min(ahead, 20 * SECOND)
        dossier.last = at = dossier.last + int(ahead * rng.random() ** 2)
        if dossier.due is not None and at > dossier.due and rng.random() < 0.2:
            # At the very end of its time, or just beside that.
            dossier.last = at = max(dossier.last, dossier.due + rng.randint(-1, 1))
        if not dossier.received and rng.random() < 0.8:
            if rng.random() < 0.2:
                dossier.ended = True
                return self._made_event(dossier, "refused", at, now)
            return self._receive(dossier, now)
        kinds, weights = zip(*_WEIGHTS, strict=True)
        kind = rng.choices(kinds, weights)[0]
        if dossier.ended and rng.random() < 0.25:
            kind = "reopened"
        elif dossier.stopped and rng.random() < 0.6:
            kind = rng.choices(("resumed", "due_set", "finished"), (8, 3, 1))[0]
        return self._made_event(dossier, kind, at, now, self._more(dossier, kind, at, now))

    def _new_due(self, at: int, now: int) -> int:
        rng = self._rng
        ahead = rng.choice((30 * SECOND, DAY, 5 * DAY))
        way = rng.random()
        if way < 0.4:
            return now + rng.randrange(ahead)
        return self._within(at, now) if way < 0.7 else at + rng.randrange(-ahead // 2, ahead)

    def _more(self, dossier: _Dossier, kind: str, at: int, now: int) -> dict[str, Any]:
        rng = self._rng
        if kind == "progressed":
            if rng.random() < 0.15:
                dossier.unit = rng.choice(UNITS)
            role = "responsible" if rng.random() < 0.1 else "officer"
            return {"unit": dossier.unit, "step": rng.choice("ABC"), role: self._officer(dossier)}
        if kind == "suspended":
            dossier.stopped = True
            return {"status": rng.choice((5, 6, 8))}
        if kind == "resumed":
            dossier.stopped = False
            return {"due_at": self._new_due(at, now)} if rng.random() < 0.4 else {}
        if kind == "due_set":
            reason = rng.choice(("extension", "extension", "correction"))
            return {"due_at": self._new_due(at, now), "reason": reason}
        if kind == "voided":
            return {"target": rng.choice(dossier.sent)}
        if kind == "reopened":
            dossier.ended = False
        if kind in ("finished", "withdrawn", "refused"):
            dossier.ended, dossier.stopped = True, False
        return {"status": rng.choice((9, 9, 10))} if kind == "finished" else {}

    def _officer(self, dossier: _Dossier) -> str:
        return self._rng.choice(OFFICERS_OF[dossier.unit])

    def _recorded(self, at: int, now: int) -> int:
        """Mostly at once; often only much later, so that due times pass in between; and by a clock
        that is behind."""
        rng = self._rng
        way = rng.random()
        if way < 0.65:
            return at + rng.randrange(5 * MINUTE)
        return self._within(at, now) if way < 0.95 else at - rng.randrange(MINUTE)

    def _made_event(
        self, dossier: _Dossier, kind: str, at: int, now: int, more: dict[str, Any] | None = None
    ) -> Item:
        dossier.number += 1
        event_id = f"{dossier.id}-{dossier.number}"
        dossier.sent.append(event_id)
        more = more or {}
        dossier.due = more.get("due_at", dossier.due)
        event = {
            "kind": kind,
            "event_id": event_id,
            "dossier_id": dossier.id,
            "occurred_at": at,
            "received_at": self._recorded(at, now),
            **({"backfill": True} if self._rng.random() < 0.02 else {}),
            "source": self._rng.choice(SOURCES),
            "source_seq": dossier.number,
            **({"unit": dossier.unit} if dossier.number == 1 or kind == "received" else {}),
            **more,
        }
        return Item(dossier.id.encode(), _encode(event), event_id=event_id)

    def _deed(self, now: int) -> Iterator[Item]:
        """What somebody does about an alert that there is, perhaps: often one on which others have
        acted already, of a dossier that has a due time."""
        rng = self._rng
        again = bool(self._busy) and rng.random() < 0.6
        dossier = rng.choice(self._busy) if again else rng.choice(self._open)
        if dossier.due is None:
            return
        if not again:
            self._busy.append(dossier)
        dossier.deeds += 1
        event = any_deed(rng, dossier.id, dossier.deeds, dossier.due, now)
        item = Item(dossier.id.encode(), _encode(event), event_id=event["event_id"], inner=True)
        if rng.random() < 0.2:
            self._history.append(item)
        yield item

    def _poison(self, now: int) -> Item:
        self._poisons += 1
        reason, make = self._rng.choice(POISONS)
        key = f"X{self._seed}-{self._poisons:05d}"
        good = {
            "kind": "progressed",
            "event_id": f"{key}-1",
            "dossier_id": key,
            "occurred_at": now,
            "received_at": now,
            "source": "portal",
            **PERSONAL,
        }
        value = make(good)
        # Some come from senders that know of no keys.
        return Item(key.encode() if b"kind" in value[:40] else b"", value, reason)


_WEIGHTS = (
    ("progressed", 40), ("suspended", 16), ("resumed", 5), ("due_set", 9), ("finished", 20),
    ("withdrawn", 3), ("refused", 3), ("voided", 5),
)  # fmt: skip
