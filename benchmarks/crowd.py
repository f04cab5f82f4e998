"""Many walls in one process: ``python -m benchmarks.crowd PLAN`` (runs in the peers' environment).

Four times a second it sends the merged tallies of some units and of the whole, as the stream does;
every client notes when the delta with them came. One client in full decodes all frames and tells
which delta holds which burst; the others read the sequence number only, so that the crowd itself
stays cheap. Prints a Report as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from benchmarks.contract import PRODUCER
from benchmarks.feed_state import HELLO, decode_frame, merge
from broker.kafka import Kafka
from broker.producing import DurableProducer
from dossiers.tallies.vector import GAUGE
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import TALLIES
from infra.kafka.login import client_login

BURSTS_A_SECOND = 4
_CONNECTING = 200  # at a time
_SETTLE_SECONDS = 3.0


class Plan(msgspec.Struct, frozen=True):
    """``url``: of the feed. ``state``: the state folder of ``kafka``. ``tallies``: those that
    change in every burst, that of the whole among them; a delta with 20 units has about 2 kB."""

    url: str
    kafka: str
    state: str
    partitions: int
    clients: int
    seconds: int
    tallies: list[Tally]


class Report(msgspec.Struct):
    """``delivered``: frames that came, as a share of those that each client should have got.
    ``p50``, ``p99``: ms from a burst's sending to a client."""

    connected: int
    lost: int
    delivered: float
    p50: float
    p99: float


class Arrivals:
    """What all clients share: when the frames of each sequence number came (ms)."""

    def __init__(self) -> None:
        self.by_seq: dict[int, list[float]] = {}
        self.lost = 0


class Client(WSListener):  # type: ignore[misc]
    """One wall."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals

    def on_ws_connected(self, transport: WSTransport) -> None:
        transport.send(WSMsgType.TEXT, HELLO.encode())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            payload = frame.get_payload_as_memoryview()
            head = bytes(payload[:80])
            if b'"delta"' in head:
                self._arrivals.by_seq.setdefault(_seq(head), []).append(time.time() * 1_000)
                self.on_delta(payload)
        elif frame.msg_type == WSMsgType.BINARY:
            self.on_snapshot(frame.get_payload_as_bytes())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._arrivals.lost += 1

    def on_delta(self, payload: Any) -> None:
        """Nothing: the time of arrival is enough."""

    def on_snapshot(self, payload: bytes) -> None:
        """Nothing: what counts are the deltas."""


class Reader(Client):
    """The one that knows which delta holds which burst: the figure "open" tells."""

    def __init__(self, arrivals: Arrivals) -> None:
        super().__init__(arrivals)
        self.open_by_seq: dict[int, int] = {}
        self.state: Any = {}
        self.ready = asyncio.Event()

    def on_delta(self, payload: Any) -> None:
        message = msgspec.json.decode(payload)
        self.state = merge(self.state, message["patch"])
        self.open_by_seq[message["seq"]] = self.open

    def on_snapshot(self, payload: bytes) -> None:
        self.state = decode_frame(payload)["state"]
        self.ready.set()

    @property
    def open(self) -> int:
        """The figure "open"."""
        return int(self.state.get("figures", {}).get("open", {}).get("value") or 0)


def _seq(head: bytes) -> int:
    at = head.index(b'"seq":') + 6
    end = at
    while head[end : end + 1].isdigit():
        end += 1
    return int(head[at:end])


async def run(plan: Plan) -> Report:
    """Connect, publish for the plan's seconds, and sum up."""
    arrivals = Arrivals()
    _, reader = await ws_connect(lambda: Reader(arrivals), plan.url, websocket_handshake_timeout=30)
    assert isinstance(reader, Reader)  # noqa: S101 - the factory above
    await asyncio.wait_for(reader.ready.wait(), 30)
    connected = 1
    transports = []
    for start in range(1, plan.clients, _CONNECTING):
        some = [
            ws_connect(lambda: Client(arrivals), plan.url, websocket_handshake_timeout=30)
            for _ in range(min(_CONNECTING, plan.clients - start))
        ]
        found = await asyncio.gather(*some, return_exceptions=True)
        transports += [one for one in found if not isinstance(one, BaseException)]
    connected += len(transports)
    await asyncio.sleep(_SETTLE_SECONDS)  # snapshots out, and nothing of them in the figures
    gc.collect()
    gc.freeze()
    arrivals.by_seq.clear()
    arrivals.lost = 0
    published = await _publish(plan, reader)
    return _report(reader, arrivals, published, connected)


async def _publish(plan: Plan, reader: Reader) -> list[tuple[int, float]]:
    """The bursts: the figure "open" that shows each, and when it was sent (ms)."""
    sent = []
    expected = reader.open
    loop = asyncio.get_running_loop()
    client = Kafka(plan.kafka, client_login(Path(plan.state)))
    producer = DurableProducer(client, {**PRODUCER, "linger.ms": 0})
    began = loop.time()
    for i in range(1, plan.seconds * BURSTS_A_SECOND + 1):
        await asyncio.sleep(max(0.0, began + i / BURSTS_A_SECOND - loop.time()))
        sent.append((expected + i, time.time() * 1_000))
        for tally in plan.tallies:
            producer.send(TALLIES, _grown(tally, i), key=tally.scope.encode())
    await asyncio.sleep(_SETTLE_SECONDS)
    producer.close(10)
    return sent


def _grown(tally: Tally, by: int) -> bytes:
    """The tally as JSON with ``by`` more open dossiers, and ``by`` added to the offsets of its
    versions, so that readers take it for newer."""
    vector = list(tally.vector)
    vector[GAUGE["open"]] += by
    versions = {p: (epoch, offset + by) for p, (epoch, offset) in tally.versions.items()}
    return msgspec.json.encode(
        msgspec.structs.replace(tally, vector=tuple(vector), versions=versions)
    )


def _report(
    reader: Reader, arrivals: Arrivals, published: list[tuple[int, float]], connected: int
) -> Report:
    waits: list[float] = []
    frames = 0
    bursts = iter(published)
    expected, at = next(bursts)
    for seq, figure in sorted(reader.open_by_seq.items()):
        times = arrivals.by_seq.get(seq, [])
        frames += len(times)
        shown: float | None = None
        while figure >= expected:
            # Of two bursts in one delta the first has waited longest.
            shown = at if shown is None else shown
            expected, at = next(bursts, (sys.maxsize, 0.0))
        if shown is not None:
            waits.extend(arrived - shown for arrived in times)
    waits.sort()
    wanted = connected * sum(1 for seq in reader.open_by_seq if seq in arrivals.by_seq)
    return Report(
        connected,
        arrivals.lost,
        frames / wanted if wanted else 0.0,
        waits[len(waits) // 2] if waits else float("inf"),
        waits[len(waits) * 99 // 100] if waits else float("inf"),
    )


if __name__ == "__main__":
    outcome = asyncio.run(run(msgspec.json.decode(sys.argv[1], type=Plan)))
    print(msgspec.json.encode(outcome).decode(), flush=True)
