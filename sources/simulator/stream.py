"""The city's events in the order in which they reach us, from any instant on.

Every dossier is a pure function of (seed, day, number), so nothing need be remembered: a run that
goes on from an instant makes the lives of the days before it again and skips what was sent.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from dossiers.time.day_table import instant
from dossiers.time.hours import HOUR
from dossiers.wire.events import AnyDossierEvent
from sources.simulator.city import City
from sources.simulator.course import live
from sources.simulator.delivery import deliver
from sources.simulator.people import People
from sources.simulator.traits import described

DAY_MS = 24 * HOUR
LONGEST_LIFE_DAYS = 90  # what would happen later to a dossier does not happen

_COUNTER_OPENS = (time(7, 30), time(13, 0))
# Arrivals at the counter by half hour of its 8 hours, and online by hour of the day.
_COUNTER = (4, 8, 10, 10, 9, 8, 6, 3, 6, 8, 8, 7, 6, 5, 3, 1)
_ONLINE = (1, 1, 1, 1, 1, 2, 4, 7, 10, 11, 10, 8, 6, 7, 9, 10, 9, 7, 6, 6, 7, 6, 4, 2)


class Sent(NamedTuple):
    """``at``: when the event reaches us (ms)."""

    at: int
    event: AnyDossierEvent


def events(
    city: City,
    origin: date,
    from_ms: int,
    until_ms: int | None = None,
    people: People | None = None,
) -> Iterator[Sent]:
    """Events with ``from_ms`` <= at < ``until_ms``, in order; without end if that is None.

    ``origin``: the first day that has dossiers. ``people``: act on alerts; None: nobody does.
    """
    first = max(
        origin.toordinal(), city.calendar.local_date(from_ms).toordinal() - LONGEST_LIFE_DAYS
    )
    # (at, dossier id, event id, copy) tells any two apart, so events are never compared.
    coming: list[tuple[int, str, str, int, AnyDossierEvent]] = []
    ordinal = first
    while True:
        day = date.fromordinal(ordinal)
        for copy, event in enumerate(_day(city, day, people)):
            if event.received_at >= from_ms:
                item = (event.received_at, event.dossier_id, event.event_id, copy, event)
                heapq.heappush(coming, item)
        ordinal += 1
        # Whatever arrives tomorrow or later comes after tomorrow's midnight.
        midnight = _at(city, date.fromordinal(ordinal), 0)
        while coming and coming[0][0] < midnight:
            at, _, _, _, event = heapq.heappop(coming)
            if until_ms is not None and at >= until_ms:
                return
            yield Sent(at, event)
        if until_ms is not None and midnight >= until_ms:
            return


def _day(city: City, day: date, people: People | None) -> Iterator[AnyDossierEvent]:
    """Everything that ever happens to the dossiers that arrive on ``day``."""
    settings = city.settings
    count = settings.city.dossiers_per_day
    if city.calendar.is_working_day(day):
        count = round(count * settings.city.weekdays[min(day.weekday(), 4)])
        online_share = settings.course.online
    else:
        count = round(count * settings.course.online * settings.city.off_day_share)
        online_share = 1.0
    midnight = _at(city, day, 0)
    end = midnight + LONGEST_LIFE_DAYS * DAY_MS
    for number in range(count):
        rng = Random(f"{city.seed}:{day.toordinal()}:{number}")  # noqa: S311
        online = rng.random() < online_share
        at = midnight + _time_of_day(rng, online)
        dossier_id = f"{settings.city.id}-{day:%y%m%d}-{number + 1:05d}"
        life = list(deliver(live(city, rng, dossier_id, at, online), settings.delivery, rng))
        of_traits = Random(f"{city.seed}:{day.toordinal()}:{number}:traits")  # noqa: S311
        told = [*life, *described(city, of_traits, life)]
        if people is not None:
            of_people = Random(f"{city.seed}:{day.toordinal()}:{number}:people")  # noqa: S311
            told += people.deeds(of_people, life)
        for event in told:
            if event.received_at < end:
                yield event


def _time_of_day(rng: Random, online: bool) -> int:
    """Milliseconds after midnight."""
    if online:
        (hour,) = rng.choices(range(24), _ONLINE)
        return int((hour + rng.random()) * HOUR)
    (slot,) = rng.choices(range(len(_COUNTER)), _COUNTER)
    half, slot = divmod(slot, 8)
    opens = _COUNTER_OPENS[half]
    start = timedelta(hours=opens.hour, minutes=opens.minute + 30 * slot)
    return int((start.total_seconds() + rng.random() * 1_800) * 1_000)


def _at(city: City, day: date, hour: int) -> int:
    return instant(datetime.combine(day, time(hour), city.calendar.zone))
