"""Section latency: from publish to the delta at a websocket client, on the whole stack.

Each event is the reception of one more dossier, so the n-th event has arrived when the
figure "open" has grown by n. The parts come from the broker's stamps on the event and on the merged
tally: publish (to the broker, with the publisher's linger of 20 ms), stream (fold, commit-free
output, merger), feed (API, conflation over 100 ms, websocket).
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import msgspec

from benchmarks import stack
from benchmarks.feed import Seen, arrivals
from benchmarks.options import Options
from benchmarks.report import Aim, Role, Row, Section
from benchmarks.stack import Stack
from dossiers.tallies.vector import GAUGE
from dossiers.wire.events import Received, decode_event
from dossiers.wire.keys import ALL
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import EVENTS, TALLIES

_SETTLE_SECONDS = 60
_WARM_UP_EVENTS = 500
_decode_tally = msgspec.json.Decoder(Tally).decode

Sample = dict[str, list[float]]
PARTS: dict[str, tuple[str, Role]] = {
    "total": ("publish -> delta at the client", "ours"),
    "publish": ("  of which publish -> broker", "part"),
    "stream": ("  of which event -> merged tally", "part"),
    "feed": ("  of which merged tally -> client", "part"),
}


def run(options: Options) -> Section:
    """Measure each rate in each round on one stack."""
    section = Section(
        name="latency",
        title=f"Latency on the whole stack, {options.seconds} s at each rate",
        how="each event: reception of a dossier -> figure 'open' in a delta (see README)",
        higher=False,
        aims=[
            Aim(of="total-p99-1000", at_least=False, bound=250),
            Aim(of="stream-p99-1000", at_least=False, bound=20),
        ],
    )
    with stack.running(options, "latency") as ours:
        _measure(ours, _WARM_UP_EVENTS // 5, 5)
        for rate in options.rates:
            samples = []
            for round_ in range(options.rounds):
                options.say(f"latency: {rate:,} events/s, round {round_ + 1} of {options.rounds}")
                samples.append(_measure(ours, rate, options.seconds))
            for part, (label, role) in PARTS.items():
                for share in (50, 99):
                    row = Row(
                        name=f"{part}-p{share}-{rate}",
                        label=f"{label}, {rate:,}/s, p{share}",
                        role=role,
                        unit="ms",
                        values=[percentile(sample[part], share) for sample in samples],
                    )
                    section.rows.append(row)
    return section


def _measure(ours: Stack, rate: int, seconds: int) -> Sample:
    count = rate * seconds
    with ours.feed() as feed, ours.publisher() as publisher:
        base = feed.wait(lambda seen: True, 30, "a snapshot").open
        began, published = time.perf_counter(), []
        first = ""
        for i in range(count):
            wait = began + i / rate - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            event = ours.received()
            first = first or event.event_id
            published.append(time.time() * 1_000)
            publisher.publish(event)
        publisher.flush()
        feed.wait(lambda seen: seen.open >= base + count, _SETTLE_SECONDS, f"{count} more dossiers")
        at_client = arrivals(feed.seen, lambda seen: seen.open, base, count)
    at_broker = _stamps_of_events(ours, first, count)
    merged = arrivals(_merged_open(ours), lambda seen: seen.open, base, count)
    return {
        "total": _between(published, at_client),
        "publish": _between(published, at_broker),
        "stream": _between(at_broker, merged),
        "feed": _between(merged, at_client),
    }


def _stamps_of_events(ours: Stack, first: str, count: int) -> list[float]:
    """The broker's stamps of the last ``count`` receptions, in order."""
    stamps = []
    for record in ours.read(EVENTS):
        event = decode_event(record.value) if record.value is not None else None
        if isinstance(event, Received) and event.event_id >= first:
            stamps.append(float(record.at))
    return sorted(stamps)[-count:]


def _merged_open(ours: Stack) -> list[Seen]:
    """Every merged tally of the whole, with the broker's stamp."""
    found = []
    for record in ours.read(TALLIES, committed=False):
        if record.key == ALL.encode() and record.value is not None:
            vector = _decode_tally(record.value).vector
            open_, overdue = vector[GAUGE["open"]], vector[GAUGE["overdue"]]
            found.append(Seen(float(record.at), open_, overdue, 0))
    return found


def _between(before: Iterable[float], after: Iterable[float]) -> list[float]:
    return [b - a for a, b in zip(before, after, strict=True)]


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which ``share`` percent lie, between the two nearest."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share / 100
    low = int(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)
