"""Every try stands in the log of its alerts, and nothing is sent when its time is over."""

from __future__ import annotations

import httpx
import msgspec
import pytest

from dossiers.alerting.receivers import ToldTo
from dossiers.alerting.sendings import AlertGroup, Digest, ToldLine, roots_of
from dossiers.wire.notices import Parcel
from sinks.notifier.attempts import MemoryLog
from sinks.notifier.channels import DeliveryError
from sinks.telling.config import TellingConfig
from sinks.telling.memory import Memory, Remembered, packed
from sinks.telling.planning import Planning
from sinks.telling.posting import Patience, Posting, Undeliverable
from sinks.telling.sending import ParcelSender, keys_of
from tests.sinks.telling.rig import BASE, LINE, MINUTE, MONDAY, Line, alert

pytestmark = pytest.mark.asyncio
TOLD = ToldTo(person="h1", capacity="receiver", duty="head")
LINES = [
    ToldLine(alert=alert(id_), sequence=1, news="raised", told=TOLD, since=MONDAY)
    for id_ in ("d1", "d2")
]
GROUP = AlertGroup(
    receiver="h1", at=MONDAY, urgent=False, number=1, budget=10, roots=roots_of(LINES, 20)
)
PARCEL = Parcel(
    key=GROUP.key, receiver="h1", way="mail", kind="group", made_at=MONDAY,
    content=packed(msgspec.msgpack.encode(GROUP)),
)  # fmt: skip
Outcomes = list[tuple[str, str, str]]


async def outcomes(*answers: Exception | None, at: int = MONDAY) -> tuple[Outcomes, Posting]:
    """What the log has of a parcel that is sent at ``at`` (ms), with these answers."""
    log, left = MemoryLog(), list(answers)
    done: list[str] = []

    async def send(parcel: Parcel) -> None:
        answer = left.pop(0)
        if answer is not None:
            raise answer

    patience = Patience(0.0, 0.0, 3_600)
    posting = Posting(send, keys_of, patience, log, done.append, lambda: at / 1000)
    posting.put(PARCEL)
    await next(iter(posting._tasks.values()))
    assert done == [PARCEL.place]
    return [(each.alert_id, each.outcome, each.detail) for each in log.attempts], posting


async def test_a_try_that_failed_stands_with_each_alert() -> None:
    found, posting = await outcomes(DeliveryError("SMTP 451"), None)
    assert found == [
        ("alert-d1", "failed", "SMTP 451"),
        ("alert-d2", "failed", "SMTP 451"),
        ("alert-d1", "delivered", ""),
        ("alert-d2", "delivered", ""),
    ]
    assert not posting.status()[0].dead


async def test_who_has_no_address_is_said_to_be_unreached() -> None:
    found, posting = await outcomes(Undeliverable("no mail address is known"))
    assert {outcome for _, outcome, _ in found} == {"gave_up"}
    assert posting.status()[0].dead


async def test_what_is_over_counts_against_nobody() -> None:
    found, posting = await outcomes(Undeliverable("all of it has ended", over=True))
    assert [outcome for _, outcome, _ in found] == ["superseded", "superseded"]
    assert not posting.status()[0].dead


async def test_what_lay_in_a_backup_for_long_is_not_sent() -> None:
    found, _ = await outcomes(at=MONDAY + 2 * 3_600_000)
    assert [detail for _, _, detail in found] == ["it is too old", "it is too old"]


async def test_a_digest_that_waited_for_hours_is_left_out() -> None:
    line, digest = Line(), Digest(receiver="h1", day="2026-11-02", at=MONDAY, number=1, budget=10)
    memory = Memory(line.kafka, LINE)
    memory.open()
    planning = Planning(memory, Remembered(LINE), lambda receiver, entry: [])
    planning.step(MONDAY + 4 * 60 * MINUTE)
    parcel = msgspec.structs.replace(
        PARCEL, kind="digest", content=packed(msgspec.msgpack.encode(digest))
    )
    async with httpx.AsyncClient() as client:
        config = TellingConfig("memory", LINE, "live", 2, BASE)
        with pytest.raises(Undeliverable, match="two working hours late"):
            await ParcelSender(config, planning, client).send(parcel)
