"""Which alert policy holds where: the more specific one decides each field that it names."""

from __future__ import annotations

import hashlib

from dossiers.reference.context import Context
from dossiers.reference.policies import Policies
from dossiers.wire.alert_policy import AlertPolicy
from dossiers.wire.reference import Reference, Rules, Unit, content_hash, decode_reference

UNITS = (
    Unit(id="city", name="City"),
    Unit(id="dept", name="Department", parent="city"),
    Unit(id="desk", name="Desk", parent="dept"),
    Unit(id="commune", name="Commune", parent="city"),
)


def with_policies(*policies: AlertPolicy) -> Reference:
    return Reference(units=UNITS, alert_policies=policies)


def test_without_a_policy_the_rules_hold_and_then_the_defaults() -> None:
    rules = Rules(alert_hours=(24, 2), backlog_overdue=7, minimum_volume=5)
    settings = Context(Reference(units=UNITS, rules=rules)).alert_settings("desk", "p")
    assert (settings.reminder_hours, settings.backlog_overdue, settings.backlog_volume) == (
        (24, 2), 7, 5,
    )  # fmt: skip
    assert settings.escalation_hours == (8, 24, 40)
    assert settings.told["escalation_2"] == ("above",)
    assert not settings.raises("backdated")
    assert Policies(Reference(rules=Rules(backdated_alerts=True))).everywhere.raises("backdated")


def test_each_field_comes_from_the_most_specific_policy_that_names_it() -> None:
    policies = Policies(
        with_policies(
            AlertPolicy(storm=1, budget=1, waiting_days=1, group_seconds=1, acknowledge_hours=1),
            AlertPolicy(units=("city",), budget=2, waiting_days=2, group_seconds=2, storm=2),
            AlertPolicy(units=("dept",), waiting_days=3, group_seconds=3, storm=3),
            AlertPolicy(procedures=("p",), group_seconds=4, storm=4),
            AlertPolicy(units=("dept",), procedures=("p", "q"), storm=5),
        )
    )
    found = policies.of("desk", "p")
    assert (
        found.storm, found.group_seconds, found.waiting_days, found.budget,
        found.acknowledge_hours, found.regroup_seconds,
    ) == (5, 4, 3, 2, 1, 3_600)  # fmt: skip
    assert policies.of("desk", "other").storm == 3
    assert policies.of("commune", "p").storm == 4
    assert policies.of("commune", "").storm == 2
    assert policies.of("nobody knows", "").storm == 1
    assert policies.everywhere.storm == 1


def test_who_is_told_is_named_kind_by_kind() -> None:
    policies = Policies(
        with_policies(
            AlertPolicy(told={"overdue": ("head",), "reopened": ()}),
            AlertPolicy(units=("dept",), told={"overdue": ("deputy",)}, off=()),
        )
    )
    desk = policies.of("desk", "")
    assert (desk.told["overdue"], desk.told["reopened"], desk.told["due_soon"]) == (
        ("deputy",), (), ("holder",),
    )  # fmt: skip
    assert policies.of("commune", "").told["overdue"] == ("head",)
    assert desk.raises("backdated")


def test_pairs_under_the_same_policies_share_one_object() -> None:
    policies = Policies(with_policies(AlertPolicy(units=("dept",), storm=3)))
    assert policies.of("dept", "p") is policies.of("desk", "q")
    assert policies.of("commune", "p") is policies.everywhere


def test_units_above_each_other_in_a_circle_end_the_search() -> None:
    units = (Unit(id="a", name="A", parent="b"), Unit(id="b", name="B", parent="a"))
    reference = Reference(units=units, alert_policies=(AlertPolicy(units=("b",), storm=2),))
    assert Policies(reference).of("a", "").storm == 2


def test_reference_data_without_any_of_it_keeps_its_name() -> None:
    old = b'{"title":"T","units":[{"id":"u","name":"U"}]}'
    assert content_hash(decode_reference(old)) == hashlib.sha256(old).hexdigest()
