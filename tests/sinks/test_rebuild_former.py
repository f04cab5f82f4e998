"""Tables of a timeline that was folded anew: what only those of the former one knew is taken over,
and nothing that the new ones say themselves."""

from __future__ import annotations

import pytest

from sinks.errors import TimelineMismatch
from sinks.rebuild import Rebuild
from sinks.store import Store

OLD, NEW = "0" * 32, "1" * 32
DAY = "2026-09-22"


def put(
    store: Store, timeline: str, minute: str, version: int, open_: int, scope: str = "all"
) -> None:
    store.command(
        "INSERT INTO tallies (timeline, scope, minute, now, version, open) VALUES "  # noqa: S608
        f"('{timeline}', '{scope}', '{DAY} {minute}', '{DAY} {minute}', {version}, {open_})"
    )


def minutes(store: Store) -> list[tuple[str, str, int]]:
    rows = store.query(
        "SELECT scope, formatDateTime(minute, '%H:%i') AS at, open FROM tallies FINAL "
        "WHERE timeline = {t:String} ORDER BY scope, at",
        {"t": NEW},
    )
    return [(row["scope"], row["at"], row["open"]) for row in rows]


def test_minutes_stay_as_they_were_shown_but_for_the_last_of_each_scope(store: Store) -> None:
    store.command("INSERT INTO sink_timeline SELECT {t:String}, 'abc', now64(3, 'UTC')", {"t": OLD})
    put(store, OLD, "08:00:00", 900, 7)
    put(store, OLD, "09:00:00", 901, 8)
    put(store, OLD, "10:00:00", 902, 9)  # what the old rules made of the last minute
    put(store, OLD, "11:00:00", 903, 9)
    put(store, OLD, "08:00:00", 904, 1, "unit:gone")
    store.command(
        "INSERT INTO deliveries (timeline, alert_id, sequence, at) VALUES "  # noqa: S608
        f"('{OLD}', 'a', 1, '{DAY} 00:00:00'), ('{'9' * 32}', 'foreign', 1, '{DAY} 00:00:00')"
    )
    for _ in range(2):  # cut after the change of places, it is done once more
        work = Rebuild(store, NEW, (OLD,))
        try:
            work.prepare()
            work.new.command(
                "INSERT INTO sink_timeline SELECT {t:String}, 'abc', now64(3, 'UTC')", {"t": NEW}
            )
            put(work.new, NEW, "09:00:00", 3, 99)  # on the way: partitions at different instants
            put(work.new, NEW, "10:00:00", 4, 5)
            work.keep()
            work.keep()
            work.change_places()
        finally:
            work.close()
        assert minutes(store) == [("all", "08:00", 7), ("all", "09:00", 8), ("all", "10:00", 5)]
        newest = store.query("SELECT argMax(open, version) AS n FROM tallies WHERE scope = 'all'")
        assert newest == [{"n": 5}]
        told = store.query("SELECT timeline, alert_id FROM deliveries FINAL")
        assert told == [{"timeline": NEW, "alert_id": "a"}]


def test_a_database_of_a_timeline_that_is_none_of_its_former_ones_is_refused(store: Store) -> None:
    store.command("INSERT INTO sink_timeline SELECT {t:String}, 'abc', now64(3, 'UTC')", {"t": OLD})
    work = Rebuild(store, NEW, ("5" * 32,))
    try:
        with pytest.raises(TimelineMismatch):
            work.prepare()
    finally:
        work.close()
