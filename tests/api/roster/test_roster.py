"""Plans by the API: whose they are, and that nobody overwrites what they have not seen."""

from __future__ import annotations

from typing import Any

import pytest

from api.access.principal import Principal
from dossiers.wire.topics import ROSTER
from tests.api.access.callers import Guarded, person
from tests.api.city import START
from tests.api.roster.conftest import HEAD, HOA, OTHER

pytestmark = pytest.mark.asyncio
DAY = 86_400_000
URL = "/api/v1/roster/o1"
LEAVE = {"begins_at": START + DAY, "ends_at": START + 2 * DAY, "deputy": "mai"}


def body(revision: int = 0, **more: Any) -> dict[str, Any]:
    return {"revision": revision, "leaves": [LEAVE], **more}


async def test_an_own_plan_is_written_read_back_and_told_of_in_the_trail(own: Guarded) -> None:
    async with own.client(HOA) as http:
        made = await http.put(URL, json=body(ways=["mail"], quiet=["19:00", "06:30"]))
        assert made.status_code == 200, made.text
        assert made.json()["revision"] == 1
        assert made.json()["gaps"] == []
        assert (await http.get(URL)).json() == made.json()
    assert own.live.roster.of("o1").quiet == ("19:00", "06:30")
    assert ("change", "o1") in [(each.kind, each.target) for each in own.trail.entries]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (HOA, 200), (HEAD, 200), (person("supervisor", units=("u1",)), 200), (OTHER, 404),
        (person("officer", officer="mai"), 404), (person("leader"), 404), (person("admin"), 404),
    ],
)  # fmt: skip
async def test_it_is_one_s_own_or_that_of_one_s_people(
    own: Guarded, who: Principal, status: int
) -> None:
    async with own.client(who) as http:
        assert (await http.get(URL)).status_code == status
        assert (await http.put(URL, json=body())).status_code == status
    assert bool(own.roster.written) == (status == 200)


async def test_whoever_saw_another_plan_changes_nothing(own: Guarded) -> None:
    async with own.client(HEAD) as http:
        assert (await http.put(URL, json=body())).status_code == 200
        late = await http.put(URL, json=body(quiet=["20:00", "06:00"]))
        assert late.status_code == 409
        assert own.live.roster.of("o1").quiet is None
        assert (await http.put(URL, json=body(1, leaves=[]))).json()["leaves"] == []


@pytest.mark.parametrize(
    "leave",
    [
        {**LEAVE, "ends_at": LEAVE["begins_at"]},
        {**LEAVE, "begins_at": START - 9 * DAY, "ends_at": START - 8 * DAY},
        {**LEAVE, "deputy": "o1"},
        {**LEAVE, "deputy": "o2"},  # of another unit
        {**LEAVE, "deputy": "nobody"},
        {**LEAVE, "begins_at": 1},
    ],
)
async def test_a_leave_that_cannot_be_is_refused(own: Guarded, leave: dict[str, Any]) -> None:
    own.live.view.freshness.advance(START)
    async with own.client(HOA) as http:
        assert (await http.put(URL, json=body(leaves=[leave]))).status_code == 422
        twice = {**LEAVE, "begins_at": START + DAY + 1}
        assert (await http.put(URL, json=body(leaves=[LEAVE, twice]))).status_code == 422
    assert own.roster.written == []


async def test_a_gap_is_said_with_who_is_told_then(own: Guarded) -> None:
    async with own.client(HEAD) as http:
        made = await http.put(URL, json=body(leaves=[{**LEAVE, "deputy": ""}]))
    assert made.json()["gaps"] == [
        {"begins_at": LEAVE["begins_at"], "ends_at": LEAVE["ends_at"], "stands_in": "head"}
    ]


async def test_while_kafka_is_away_that_is_said_and_nothing_counts(own: Guarded) -> None:
    own.roster.away = True
    async with own.client(HOA) as http:
        assert (await http.put(URL, json=body())).status_code == 503
    assert own.live.roster.of("o1").revision == 0


async def test_what_is_no_entry_of_its_key_is_skipped(own: Guarded) -> None:
    async with own.client(HOA) as http:
        await http.put(URL, json=body())
    kept = own.live.roster.of("o1")
    own.live.deliver([(ROSTER, b"o1", b"junk"), (ROSTER, b"o1", b'{"officer":"o2"}')])
    assert own.live.roster.of("o1") == kept
    assert own.live.roster.refused == 2
    own.live.deliver([(ROSTER, b"o1", None)])
    assert own.live.roster.of("o1").leaves == ()
