"""Groups: what goes out together, when, and what need not go out at all."""

from __future__ import annotations

import msgspec
import pytest

from dossiers.alerting import waiting
from dossiers.wire.alert_policy import AlertPolicy, SourceLimit
from dossiers.wire.alerts import Alert
from tests.dossiers.alerting.city import alert, away
from tests.dossiers.alerting.telling import USUAL, Telling, acted, city, told
from tests.dossiers.days import at

OWN = city(AlertPolicy(group_seconds=30, regroup_seconds=300, told={"overdue": ("head",)}))


def ended(of: Alert, transition: str = "resolved") -> Alert:
    return msgspec.convert(
        msgspec.to_builtins(of) | {"sequence": of.sequence + 1, "transition": transition}, Alert
    )


def test_what_comes_within_the_wait_goes_out_together() -> None:
    telling = Telling("2026-11-02T09:00")
    telling.take(alert(dossier="d1"))
    telling.after(20)
    telling.take(alert(dossier="d2"))
    telling.after(9)
    assert telling.groups == []
    telling.after(1)
    found = {group.receiver: [line.key for line in group.lines] for group in telling.groups}
    assert found == {r: ["d1-overdue-0:1", "d2-overdue-0:1"] for r in ("ann", "head")}


def test_a_further_group_waits_longer_and_a_grave_one_not_at_all() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    telling.take(alert(dossier="d1"))
    telling.after(30)
    telling.take(alert(dossier="d2"))
    telling.after(299)
    assert len(telling.groups) == 1
    telling.after(1)
    assert len(telling.groups) == 2
    telling.take(alert("escalation", level=2, unit="div", dossier="d3"))
    telling.after(0)
    assert [(g.receiver, g.urgent) for g in telling.groups[2:]] == [("chief", True)]


def test_grave_ones_that_follow_each_other_are_gathered_and_others_delay_none() -> None:
    telling = Telling("2026-11-02T09:00")
    telling.take(alert(unit="dept", officer="chief"))
    telling.after(30)
    for number in range(3):
        telling.take(alert("escalation", level=2, unit="div", dossier=f"d{number}"))
        telling.after(60)
    assert [len(group.lines) for group in telling.groups if group.receiver == "chief"] == [1, 1]
    telling.after(180)
    assert len(telling.lines("chief")) == 4


def test_what_ends_before_it_is_told_is_not_told_and_that_is_said() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    telling.take(alert(), ended(alert()))
    telling.after(60)
    assert (telling.groups, telling.reasons()) == ([], ["ended"])


def test_an_end_goes_out_with_the_next_group_and_a_mistake_has_one_of_its_own() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    telling.take(alert(dossier="d1"), alert(dossier="d2"))
    telling.after(30)
    telling.take(ended(alert(dossier="d1")))
    telling.after(600)
    assert len(telling.groups) == 1
    telling.take(ended(alert(dossier="d2"), "retracted"))
    telling.after(600)
    assert [(key, news) for _, key, news, _ in telling.lines()[2:]] == [
        ("d1-overdue-0:2", "resolved"), ("d2-overdue-0:2", "retracted"),
    ]  # fmt: skip


def test_ends_that_wait_for_a_message_are_not_more_than_one_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "MOST_NOTES", 2)
    telling = Telling("2026-11-02T09:00", context=OWN)
    raised = [alert(dossier=f"d{number}") for number in range(4)]
    telling.take(*raised)
    telling.after(30)
    telling.take(*(ended(each) for each in raised), alert(dossier="d5"))
    telling.after(300)
    assert [news for _, _, news, _ in telling.lines("head")[4:]] == ["raised", *["resolved"] * 2]
    assert telling.reasons("head") == ["ended"] * 2


def test_what_is_true_again_is_told_again_and_its_end_no_more() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    first = alert()
    telling.take(first)
    telling.after(30)
    telling.take(ended(first, "retracted"), msgspec.structs.replace(first, sequence=3))
    telling.after(600)
    assert [line[1:3] for line in telling.lines()] == [
        ("d1-overdue-0:1", "raised"), ("d1-overdue-0:3", "raised"),
    ]  # fmt: skip


def test_whose_dossier_it_is_now_is_told_and_nobody_twice() -> None:
    telling = Telling("2026-11-02T09:00")
    first = alert()
    telling.take(first)
    telling.after(30)
    assert told(telling.lines()) == ["ann", "head"]
    telling.take(msgspec.structs.replace(first, sequence=2, officer="ben", moved=True))
    telling.after(600)
    assert [line[:3] for line in telling.lines()[2:]] == [("ben", "d1-overdue-0:1", "raised")]


def test_a_backlog_that_breaches_at_closing_time_is_one_root_with_its_list() -> None:
    telling = Telling("2026-11-02T17:00", context=USUAL)
    telling.take(*(alert(dossier=f"d{n}", officer="") for n in range(7)))
    telling.take(alert("escalation", level=1, dossier="old", officer=""))
    telling.after(30)
    group = next(each for each in telling.groups if each.receiver == "head")
    assert sorted(len(root.lines) for root in group.roots) == [1, 7]


def test_quiet_hours_hold_it_and_then_it_goes_with_the_digest_once() -> None:
    telling = Telling("2026-11-02T18:30", context=OWN)
    telling.take(alert())
    telling.to("2026-11-03T12:00")
    assert telling.groups == []
    assert telling.reasons() == ["quiet"]
    (digest,) = [each for each in telling.digests if each.receiver == "head"]
    assert [(line.key, line.held) for line in digest.late] == [("d1-overdue-0:1", "quiet")]
    assert digest.at == at("2026-11-03T07:30")


def test_a_grave_one_goes_as_soon_as_the_night_is_over_and_a_made_up_saturday_is_no_day_off() -> (
    None
):
    telling = Telling("2026-11-05T18:30")
    telling.take(alert("escalation", level=2, dossier="d1"))
    telling.to("2026-11-07T09:00")
    telling.take(alert("escalation", level=2, dossier="d2"))
    telling.to("2026-11-09T12:00")
    assert [(g.receiver, g.at) for g in telling.groups] == [
        ("chief", at("2026-11-07T07:00")), ("chief", at("2026-11-07T09:00")),
    ]  # fmt: skip


def test_own_quiet_hours_outrank_those_of_the_policy() -> None:
    entry = msgspec.structs.replace(away("head", "2026-11-01T07:00", "2026-11-01T08:00"),
                                    quiet=("00:00", "00:00"))  # fmt: skip
    telling = Telling("2026-11-02T23:00", entry, context=OWN)
    telling.take(alert())
    telling.after(30)
    assert told(telling.lines()) == ["head"]


def test_if_nobody_is_on_duty_it_waits_for_the_first_who_is_back_and_says_since_when() -> None:
    plan = [
        away(person, "2026-11-02T07:00", f"2026-11-03T{hour}:00")
        for person, hour in (("head", "12"), ("chief", "10"), ("mayor", "16"))
    ]
    telling = Telling("2026-11-02T09:00", *plan, context=OWN)
    telling.take(alert())
    telling.to("2026-11-03T11:00")
    assert telling.reasons("head")[:1] == ["nobody"]
    (group,) = telling.groups
    assert (group.receiver, group.at) == ("chief", at("2026-11-03T10:00"))
    (line,) = group.lines
    assert (line.since, line.told.instead_of, line.told.gap) == (
        at("2026-11-02T09:00"), "head", "head",
    )  # fmt: skip


def test_who_goes_on_leave_while_it_waits_leaves_it_to_the_deputy() -> None:
    entry = away("head", "2026-11-02T09:00:10", "2026-11-02T16:00", "vice")
    telling = Telling("2026-11-02T09:00", entry, context=OWN)
    telling.take(alert())
    telling.after(30)
    assert told(telling.lines()) == ["vice"]


def test_a_leave_that_is_entered_while_it_waits_counts_at_once() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    telling.take(alert())
    telling.planner.know("head", away("head", "2026-11-02T07:00", "2026-11-02T16:00", "vice"))
    telling.after(30)
    assert told(telling.lines()) == ["vice"]


def test_a_snooze_silences_one_receiver_until_it_ends_and_then_what_is_true_is_told_once() -> None:
    telling = Telling("2026-11-02T09:00")
    first = alert()
    telling.take(first)
    telling.after(30)
    until = at("2026-11-02T14:00")
    telling.take(acted(first, "snooze", "head", snoozed_until=until))
    telling.to("2026-11-02T16:00")
    assert telling.lines("head")[1:] == [("head", "d1-overdue-0:2", "again", "snoozed")]
    assert telling.groups[-1].at == until
    assert len(telling.lines("ann")) == 1


def test_who_acknowledges_what_waits_is_not_told_and_others_are() -> None:
    telling = Telling("2026-11-02T09:00")
    first = alert()
    telling.take(first, acted(first, "acknowledge", "head", transition="acknowledged",
                              taken_by="head"))  # fmt: skip
    telling.after(30)
    assert told(telling.lines()) == ["ann"]


def test_an_acknowledgement_that_expires_is_told_again_also_to_who_had_it() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    first = alert()
    telling.take(first)
    telling.after(30)
    taken = acted(first, "acknowledge", "vice", transition="acknowledged", taken_by="vice")
    telling.take(taken, msgspec.structs.replace(first, sequence=3))
    telling.after(600)
    assert sorted(line[:3] for line in telling.lines()[1:]) == [
        ("head", "d1-overdue-0:3", "again"), ("vice", "d1-overdue-0:3", "again"),
    ]  # fmt: skip


def test_what_people_do_is_told_to_whom_it_concerns() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    first = alert()
    taken = acted(first, "acknowledge", "head", transition="acknowledged", taken_by="head")
    offered = acted(taken, "hand_over", "head", offered_to="vice")
    accepted = acted(offered, "accept", "vice", taken_by="vice", offered_to="")
    asked = acted(accepted, "ask", "rita")
    explained = acted(asked, "explain", "ann")
    telling.take(first)
    telling.after(30)
    telling.take(taken, offered, accepted, asked, explained)
    telling.after(600)
    assert sorted((who, news) for who, _, news, _ in telling.lines()[1:]) == [
        ("ann", "ask"), ("head", "accept"), ("rita", "explain"), ("vice", "hand_over"),
    ]  # fmt: skip


SILENT = msgspec.structs.replace(
    OWN.reference, sources=(SourceLimit(id="s1", name="One", minutes=60),)
)


def test_what_a_silent_source_may_have_caused_waits_for_it_and_the_silence_is_told() -> None:
    context = type(OWN)(SILENT)
    telling = Telling("2026-11-02T09:00", context=context)
    silence = alert("source_silent", unit="", officer="", source="s1", dossier="", alert_id="s")
    before, during, other = (
        alert(dossier=name, due_at=at(f"2026-11-02T{due}"), source=source)
        for name, due, source in (
            ("d1", "07:30", "s1"),
            ("d2", "08:30", "s1"),
            ("d3", "08:30", "s2"),
        )
    )
    telling.take(silence, before, during, other)
    telling.after(60)
    assert told(telling.lines()) == ["rita", "role:admin", "head", "head"]
    assert telling.reasons() == ["silent_source"]
    telling.take(ended(silence))
    telling.after(299)
    assert len(telling.lines("head")) == 2
    telling.after(400)
    assert telling.lines("head")[2:] == [("head", "d2-overdue-0:1", "raised", "silent_source")]


def test_groups_of_a_day_are_counted() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    for number in range(3):
        telling.take(alert(dossier=f"d{number}"))
        telling.after(600)
    telling.to("2026-11-03T09:00")
    telling.take(alert(dossier="next"))
    telling.after(600)
    assert [group.number for group in telling.groups] == [1, 2, 3, 2]  # after that day's digest
    assert telling.groups[0].budget == 10


def test_what_nobody_can_be_told_is_said() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    telling.take(alert("overdue", unit="nowhere", officer=""))
    telling.after(60)
    assert (telling.groups, telling.reasons()) == ([], ["no_receiver"])


def test_a_record_that_comes_again_changes_nothing() -> None:
    telling = Telling("2026-11-02T09:00", context=OWN)
    telling.take(alert(), alert())
    telling.after(30)
    telling.take(alert())
    telling.after(600)
    assert len(telling.lines()) == 1
