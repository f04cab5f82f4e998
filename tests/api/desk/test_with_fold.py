"""What the desk sends is what the fold takes: acknowledged once, for as long as was shown."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from api.live.view import TopicRecord
from dossiers.wire.alerts import Alert
from dossiers.wire.events import Tick
from dossiers.wire.topics import ALERTS
from tests.api.city import TIMELINE, City, a_morning
from tests.api.desk.acting_city import HEAD, NOW, desk

pytestmark = pytest.mark.asyncio


def alerts_in(records: list[TopicRecord]) -> list[Alert]:
    return [
        msgspec.json.decode(value, type=Alert)
        for topic, _, value in records
        if topic == ALERTS and value is not None
    ]


async def test_the_fold_takes_what_is_sent_and_takes_it_once(tmp_path: Path) -> None:
    city = City(TIMELINE)
    for event in a_morning():
        city.publish(event)
    place = desk(tmp_path)
    alert = place.alert("over-1", "escalation")
    where = f"/api/v1/alerts/{alert.alert_id}/actions"
    body = {"action": "acknowledge", "sequence": alert.sequence, "reason": "in_hand"}
    async with place.client(HEAD) as http:
        assert (await http.post(where, json=body)).status_code == 200
        assert (await http.post(where, json=body)).status_code == 200
    first, second = place.log.events
    [told] = alerts_in(city.publish(first, Tick(NOW + 1)))
    assert (told.alert_id, told.sequence) == (alert.alert_id, alert.sequence + 1)
    assert (told.transition, told.taken_by, told.action) == (
        "acknowledged", "head-1", "acknowledge",
    )  # fmt: skip
    assert (told.reason, told.actor) == ("in_hand", "head-1")
    calendar = place.guarded.live.view.context.calendar_for("u1")
    assert told.taken_until == calendar.add_hours(NOW, 8)
    assert alerts_in(city.publish(second, Tick(NOW + 2))) == []
    # The next look at it knows whose it is.
    place.tell(told)
    async with place.client(HEAD) as http:
        again = await http.post(where, json=body)
    assert (again.status_code, again.json()["how"]) == (200, "already")
