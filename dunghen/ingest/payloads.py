"""What others post becomes events in Kafka: ``api.ports.Ingest`` over ``sources.portal``."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from api.ports import (
    IngestError,
    Receipt,
    Refusals,
    RefusedRecord,
    Sender,
    UnlistedName,
    UnreadField,
)
from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.wire.actions import DESK
from dossiers.wire.events import encode_event
from dossiers.wire.reference import Reference
from dunghen.ingest.fair_sending import FairSending
from dunghen.ingest.hourly_limit import HourlyLimit
from dunghen.ingest.missing_names import MissingNamesList
from dunghen.ingest.reading import read_posted
from dunghen.ingest.refusals import LastRefusals
from dunghen.ingest.sync_errors import SyncErrorDesk
from sources.acknowledged import AcknowledgedSender
from sources.portal.envelope import Batch, read_envelope
from sources.portal.json_body import packed
from sources.portal.name_admission import NameAdmission
from sources.portal.plain import read_events
from sources.portal.steps import KnownSteps
from sources.spooled import SpooledSender

HOURLY = 200


def wall_clock() -> int:
    """The present, in ms since 1970."""
    return time.time_ns() // 1_000_000


class PortalIngest:
    """Stateless but for the sequence of what came: comparisons are the fold's business.

    ``max_body``: bytes. ``timeout`` (s): longest wait for Kafka's answer. ``hourly``: records of
    one dossier that one madonvi may send in an hour, by ``clock`` (ms). ``names``: which names may
    pass, None: all; ``missing``: where those stand that the reference data lacks. ``steps``: those
    that progress may name, once ``refer`` has told them. ``ids``: what is kept of ids. ``errors``:
    where errors between a sender and a ministry's system go; None: they are not taken. ``sending``:
    the way to Kafka, for what else goes into the log.
    """

    def __init__(
        self,
        kafka: AcknowledgedSender | SpooledSender,
        *,
        max_body: int,
        timeout: float = 15.0,
        clock: Callable[[], int] = wall_clock,
        hourly: int = HOURLY,
        names: NameAdmission | None = None,
        missing: MissingNamesList | None = None,
        steps: KnownSteps | None = None,
        ids: KeptIds = ALL_KEPT,
        errors: SyncErrorDesk | None = None,
    ) -> None:
        self._ids = ids
        self._errors = errors
        self.max_body = max_body
        self._kafka = kafka
        self.sending = FairSending(kafka, timeout)
        self._clock = clock
        self._numbers: Iterator[int] = itertools.count()
        self._read_at = self._last = 0  # the clock as it was read, and never back
        self._hourly = HourlyLimit(hourly)
        self._names = names
        self._referring = ThreadPoolExecutor(1, "names")  # one after the other
        self._missing = missing
        self._steps = steps or KnownSteps()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._refused = LastRefusals(clock)

    def check_encoding(self, encoding: str) -> None:
        """A body that says it is packed is not read at all."""
        if said := packed(encoding):
            raise IngestError(400, said)

    async def portal(self, sender: Sender, service: str | None, body: bytes) -> Receipt:
        """A payload of DongBoHoSoMC or CapNhatTienDoHoSoMC."""
        units = sender.units
        now = self._now()

        def read() -> tuple[Batch, str]:
            envelope = read_envelope(body, service, units[0] if len(units) == 1 else "", self._ids)
            if units and envelope.unit not in units:
                raise IngestError(403, "This sender may not send for the unit in madonvi.")
            envelope.madonvi = envelope.kept_unit if units else ""
            names = self._names_for(sender)
            batch = envelope.read(now, self._numbers, names=names, steps=self._steps)
            return batch, envelope.kept_unit

        return await self._take(sender.name, *await read_posted(read, len(body)))

    async def events(self, sender: Sender, body: bytes) -> Receipt:
        """Plain events; those of a sender that is bound to units must name one of them."""
        if sender.name == DESK:  # from a settings file: no command makes such a key
            raise IngestError(403, f"No sender may be called {DESK}; give this key another name.")
        now = self._now()
        batch = await read_posted(
            lambda: read_events(
                body,
                sender.name,
                now,
                self._numbers,
                sender.units,
                self._names_for(sender),
                self._ids,
            ),
            len(body),
        )
        return await self._take(sender.name, batch, "")

    async def sync_errors(self, sender: Sender, body: bytes) -> Receipt:
        """Errors between the sender and a ministry's system."""
        if self._errors is None:
            raise IngestError(503, "Errors of ministries' systems are not taken here.", 300)
        taken = await self._errors.take(sender, body, self._now())
        self._counts[sender.name, "sync_errors"] += taken.accepted
        return taken

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Records by sender and what became of them, since the start."""
        return self._counts

    def refusals(self) -> Refusals:
        """What was refused in the last day."""
        return self._refused.last_day()

    def refer(self, references: Iterable[Reference]) -> None:
        """The reference data that counts now, and what is to come."""
        counting = list(references)
        self._steps.refer(counting)
        if self._names is not None:  # in a thread: the names of a province take some 100 ms
            self._referring.submit(self._names.refer, counting)

    def _names_for(self, sender: Sender) -> NameAdmission | None:
        """Which names may pass of what it sends; the list of what they lack is shared fairly."""
        if self._names is None or self._missing is None:
            return self._names
        return self._names.noting(self._missing.of(sender.name))

    def missing(self) -> list[UnlistedName]:
        """What senders name and the reference data lacks. Blocks."""
        found = self._missing.read() if self._missing is not None else []
        return [
            UnlistedName(m.kind, m.text, m.number, m.first, m.last, m.records, m.hash)
            for m in found
        ]

    def missing_counts(self) -> Mapping[str, int]:
        """How many names and codes the reference data lacks."""
        return self._missing.counts() if self._missing is not None else {}

    def figures(self) -> Mapping[str, float]:
        """What waits; see ``sources.spooled.SpoolFigures``."""
        if not isinstance(self._kafka, SpooledSender):
            return {
                "in_flight_records": self._kafka.on_the_way,
                "in_flight_limit_records": self._kafka.most,
            }
        found = self._kafka.figures()
        return {
            "in_flight_records": found.on_the_way,
            "in_flight_limit_records": self._kafka.most,
            "spool_records": found.spool_records,
            "spool_bytes": found.spool_bytes,
            "spool_limit_bytes": found.spool_most,
            "oldest_unsent_seconds": round(found.oldest, 3),
        }

    def told(self) -> dict[str, float]:
        """For ``dunghen status``: what waits, and how much the reference data lacks."""
        missing = {f"missing_{what}": float(n) for what, n in self.missing_counts().items()}
        return {**self.figures(), **missing}

    def close(self) -> None:
        """Wait a moment for what is on its way, and end."""
        self._kafka.close()
        if self._errors is not None:
            self._errors.close()
        self._referring.shutdown(cancel_futures=True)
        if self._missing is not None:
            self._missing.close()

    def _now(self) -> int:
        """Never back, so that what came later is later."""
        self._read_at = self._clock()
        self._last = max(self._last, self._read_at)
        return self._last

    async def _take(self, sender: str, batch: Batch, unit: str) -> Receipt:
        """Answer only when Kafka has answered, or the records are on this machine's disk. ``unit``:
        the madonvi that the payload names."""
        counted, late = self._hourly.hold(sender, batch, unit, self._read_at)
        records = [(e.dossier_id.encode(), encode_event(e)) for e in batch.all_events]
        try:
            stored = await self.sending.send(sender, records)
        except BaseException:
            self._hourly.give_back(counted)  # it is all to be sent again
            raise
        self._counts[sender, "accepted"] += len(batch.events)
        self._counts[sender, "refused"] += len(batch.refused)
        self._counts[sender, "unread"] += len(batch.unread)
        if batch.refused:
            source = f"portal:{unit}" if unit else sender
            self._refused.note(source, (each.reason for each in batch.refused))
        self._counts[sender, "too_many_in_an_hour"] += late
        return Receipt(
            len(batch.events),
            [RefusedRecord(r.index, r.dossier, r.reason) for r in batch.refused],
            [UnreadField(*entry) for entry in batch.unread],
            stored,
        )
