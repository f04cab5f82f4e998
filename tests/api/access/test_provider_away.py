"""A provider that hangs, dawdles, talks nonsense or changes its keys, and who waits for it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from api.access import provider, single_flight
from api.access.principal import ProviderAway
from api.access.provider import BELIEVED, KEPT, PAUSE, ProviderFiles
from api.access.single_flight import FIRST_PAUSE, LONGEST_PAUSE, MOST_WAITING, SingleFlight
from dunghen.serving.store_query import StoreQuery
from sinks.store import Store
from tests.api.access.callers import guarded
from tests.api.access.provider import OpenIdProvider, claims_of
from tests.api.access.provider_wire import OURS, Clock, Wire, hangs
from tests.api.city import City
from tests.support.waiting import wait_for_async

pytestmark = pytest.mark.asyncio


async def test_a_known_key_is_not_waited_for(
    files: ProviderFiles, wire: Wire, clock: Clock
) -> None:
    """Six forged tokens while the provider hangs: whoever has a known key goes on at once."""
    assert await files.key("k-1") is not None
    clock.now += PAUSE + 1
    wire.answer = hangs
    forged = [asyncio.create_task(files.key(f"forged-{number}")) for number in range(6)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(files.key("k-1"), 30) is not None
    assert not any(task.done() for task in forged)
    for task in forged:
        task.cancel()


async def test_all_who_wait_share_one_question(files: ProviderFiles, wire: Wire) -> None:
    found = await asyncio.gather(*(files.key("k-1") for _ in range(50)))
    assert all(key is not None for key in found)
    assert wire.asked == 2, "discovery and keys, once"


async def test_who_stops_waiting_ends_it_for_nobody(files: ProviderFiles, wire: Wire) -> None:
    go_on = asyncio.Event()
    inner = wire._inner

    async def later(request: httpx.Request) -> httpx.Response:
        await go_on.wait()
        return await inner.handle_async_request(request)

    wire.answer = later
    first, second = (asyncio.create_task(files.key("k-1")) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    go_on.set()
    assert await second is not None


async def test_a_failure_is_remembered_for_longer_and_longer(
    files: ProviderFiles, wire: Wire, clock: Clock
) -> None:
    async def away(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    wire.answer = away
    pauses = []
    for _ in range(8):
        with pytest.raises(ProviderAway):
            await files.key("k-1")
        asked, began = wire.asked, clock.now
        while wire.asked == asked:
            clock.now += 0.5
            with pytest.raises(ProviderAway):
                await files.key("forged")
        pauses.append(clock.now - began)
        assert pauses[-1] <= LONGEST_PAUSE + 1
    assert pauses[0] <= FIRST_PAUSE + 1
    assert pauses == sorted(pauses)
    wire.answer = None
    clock.now += LONGEST_PAUSE
    assert await files.key("k-1") is not None, "and it recovers"


async def test_known_keys_are_believed_while_the_provider_is_away_and_not_for_ever(
    files: ProviderFiles, wire: Wire, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "WAIT", 0.01)
    monkeypatch.setattr(single_flight, "FETCH_SECONDS", 0.05)
    assert await files.key("k-1") is not None
    wire.answer = hangs
    clock.now += KEPT + 1
    for _ in range(3):
        assert await files.key("k-1") is not None
        assert files._keys._task is not None, "it was asked again"
        await files._keys._task  # until it is given up
        clock.now += LONGEST_PAUSE
    clock.now += BELIEVED
    with pytest.raises(ProviderAway):
        await files.key("k-1")


async def test_only_so_many_wait(files: ProviderFiles, wire: Wire) -> None:
    wire.answer = hangs
    waiting = [asyncio.create_task(files.key(f"f-{number}")) for number in range(MOST_WAITING)]
    await wait_for_async(lambda: files._keys._waiting == MOST_WAITING)
    with pytest.raises(ProviderAway):
        await asyncio.wait_for(files.key("one more"), 0.5)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert files._keys._waiting == 0


async def test_requests_with_a_known_key_go_on_among_forged_ones(
    stored_city: tuple[City, Store], query: StoreQuery, issuing: OpenIdProvider, wire: Wire
) -> None:
    guard = guarded(stored_city[0], query, provider=OURS, http=wire.http)
    good = {"Authorization": f"Bearer {issuing.token(claims_of('admin'))}"}
    async with guard.client(**good) as http:
        assert (await http.get("/api/v1/units")).status_code == 200
        files = guard.authenticator.tokens._files  # type: ignore[union-attr]
        files._keys._at -= PAUSE + 1
        wire.answer = hangs
        forged = []
        for number in range(6):
            token = issuing.token(claims_of("admin"), kid=f"forged-{number}")
            headers = {"Authorization": f"Bearer {token}"}
            forged.append(asyncio.create_task(http.get("/api/v1/units", headers=headers)))
        await wait_for_async(lambda: files._keys._waiting == len(forged))
        answer = await asyncio.wait_for(http.get("/api/v1/units"), 30)
        assert answer.status_code == 200
        assert not any(task.done() for task in forged)
        for task in forged:
            task.cancel()


async def test_a_fetch_that_is_a_fault_of_ours_is_a_failure_too() -> None:
    async def broken() -> int:
        raise KeyError("x")

    found = SingleFlight(broken)
    with pytest.raises(ProviderAway):
        await found.fresh()
    assert found.pausing
