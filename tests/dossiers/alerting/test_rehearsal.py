"""The past, planned anew."""

from __future__ import annotations

import msgspec

from dossiers.alerting.rehearsal import Rehearsal, Rehearsed
from dossiers.reference.context import Context
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.alerts import Alert
from tests.dossiers.alerting.city import CITY, alert
from tests.dossiers.alerting.telling import USUAL, city
from tests.dossiers.days import at

START, END = at("2026-11-02T00:00"), at("2026-11-07T00:00")  # Monday to Friday, which is off


def rehearsed(*past: Alert, context: Context = USUAL) -> Rehearsed:
    rehearsal = Rehearsal(context, (), START, END)
    for each in past:
        rehearsal.take(each)
    return rehearsal.result()


def overdue(dossier: str, moment: str, **more: object) -> Alert:
    made = alert(dossier=dossier, due_at=at(moment))
    return msgspec.structs.replace(made, **more)


def test_messages_are_counted_by_receiver_and_working_day() -> None:
    found = rehearsed(
        overdue("d1", "2026-11-02T09:00"), overdue("d2", "2026-11-02T09:00"),
        overdue("d3", "2026-11-02T14:00"),
    )  # fmt: skip
    head = next(load for load in found.receivers if load.receiver == "head")
    # Two groups on Monday, and a digest on each of the three days that follow.
    assert (found.days, head.messages, head.digests, head.alerts, head.most) == (4, 5, 3, 3, 2)
    assert (found.alerts, found.median, found.unmentioned) == (3, 1.0, ())


def test_what_was_open_before_is_known_and_not_counted() -> None:
    found = rehearsed(overdue("d1", "2026-10-30T09:00"))
    head = next(load for load in found.receivers if load.receiver == "head")
    assert (found.alerts, head.messages, head.alerts) == (0, 4, 0)


def test_another_policy_tells_others_and_leaves_out_what_is_off() -> None:
    past = [overdue("d1", "2026-11-02T09:00"), alert("late_reception", due_at=START + 1)]
    tried = city(AlertPolicy(off=("late_reception",), told={"overdue": ("above",)}, budget=0))
    found = rehearsed(*past, context=tried)
    assert found.alerts == 1
    assert [(load.receiver, load.over) for load in found.receivers] == [("chief", 4)]


def test_an_overdue_dossier_of_which_nobody_hears_is_named() -> None:
    silent = Context(
        msgspec.structs.replace(
            CITY.reference, duties=(), officers=(), alert_policies=(AlertPolicy(),)
        )
    )
    unheard = overdue("d1", "2026-11-02T09:00", unit="bare", officer="")
    short = overdue("d2", "2026-11-02T09:00", unit="bare", officer="")
    ended = msgspec.structs.replace(
        short, sequence=2, transition="resolved", detected_at=at("2026-11-02T10:00")
    )
    found = rehearsed(unheard, short, ended, context=silent)
    assert (found.unmentioned, found.withheld) == (("d1",), {"no_receiver": 2})
