"""A folder of reference data: every mistake is named with its place, and all of them at once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dossiers.reference.context import Context
from dossiers.reference.diff import differences
from dossiers.wire.alert_policy import AlertPolicy, DutyHolder, SourceLimit
from dossiers.wire.calendar_spec import CalendarSpec, MakeUpDay, Week
from dossiers.wire.facts import Limit
from dossiers.wire.reference import Reference, Rules, RuleVersion, content_hash, encode_reference
from sources.calendars import vn_office
from sources.reference.findings import Finding
from sources.reference.folder import read_folder
from sources.reference.writing import write_folder
from sources.simulator.city import City
from tests.sources.reference.folders import GOOD, made

EXAMPLE = Path(__file__).parents[3] / "sources" / "simulator" / "reference"


def test_a_good_folder(tmp_path: Path) -> None:
    found = read_folder(made(tmp_path))
    assert (found.errors, found.warnings) == ((), ())
    reference = found.reference
    assert reference is not None
    assert [unit.calendar for unit in reference.units] == ["", "desk", ""]
    assert reference.officers[1].superior == "o1"
    assert reference.procedures[0].limit == Limit(2, "working_days")
    assert [(s.id, s.hours) for s in reference.procedures[0].steps] == [("in", 2), ("out", 6.5)]
    assert reference.procedures[1].same_day
    assert reference.calendar == vn_office()
    assert reference.calendars[0].days_off == vn_office().days_off
    assert reference.calendars[0].hours == Week(mon=("08:00-12:00",))
    (version,) = reference.rule_versions
    assert (version.since, version.rules.stop_mode) == ("2025-07-01", "restart")
    assert version.rules.alert_hours == reference.rules.alert_hours == (8,)
    assert version.limits == {"p": Limit(3, "days")}
    assert reference.rules.tombstones
    assert not found.says_tombstones


def test_online_services_in_words_of_the_file_or_of_the_directory(tmp_path: Path) -> None:
    rows = "id,name,online\na,A,full\nb,B,Một phần\nc,C,\nd,D,TOÀN TRÌNH\n"
    bare = {"steps": "procedure,step,hours\n", "rules": ""}
    found = read_folder(made(tmp_path, procedures=rows, **bare)).reference
    assert found is not None
    assert [each.online for each in found.procedures] == ["full", "partial", "", "full"]
    write_folder(found, tmp_path / "again")
    assert read_folder(tmp_path / "again").reference == found
    changed = msgspec.structs.replace(
        found, procedures=(msgspec.structs.replace(found.procedures[0], online=""),
                           *found.procedures[1:]),
    )  # fmt: skip
    assert differences(changed, found)["procedures"].changed == {"a": ("online",)}


@pytest.mark.parametrize(
    ("delimiter", "mark", "ends"),
    [(";", "\ufeff", "\r\n"), ("\t", "", "\n"), (",", "\ufeff", "\n")],
)
def test_files_of_spreadsheets(tmp_path: Path, delimiter: str, mark: str, ends: str) -> None:
    """Semicolons come with decimal commas; the content is the same, and so is its hash."""
    plain = read_folder(made(tmp_path / "plain")).reference
    assert plain is not None
    tables = {name: text for name, text in GOOD.items() if name.endswith(".csv")}
    changed = {
        Path(name).stem: mark + text.replace(",", delimiter).replace("\n", ends)
        for name, text in tables.items()
    }
    if delimiter == ";":
        changed["steps"] = changed["steps"].replace("6.5", "6,5")
    other = read_folder(made(tmp_path / "other", **changed)).reference
    assert other is not None
    assert content_hash(other) == content_hash(plain)


def test_quoted_cells_may_span_lines(tmp_path: Path) -> None:
    units = 'id,name\na,"Sở ""A"",\nnhánh 1"\n\nb,\n'
    found = read_folder(made(tmp_path, units=units, officers="id,name\n"))
    assert (found.errors[0].file, found.errors[0].line) == ("units.csv", 5)


def test_aliases_are_read_and_written(tmp_path: Path) -> None:
    table = "procedure,step,hours,aliases\np,a,1, soát xét |\u200bxem | |xem\np,b,1,\n"
    found = read_folder(made(tmp_path / "one", steps=table))
    assert found.reference is not None, found.errors
    assert [step.aliases for step in found.reference.procedures[0].steps] == [
        ("soát xét", "xem"), (),
    ]  # fmt: skip
    write_folder(found.reference, tmp_path / "two")
    again = read_folder(tmp_path / "two").reference
    assert again is not None
    assert content_hash(again) == content_hash(found.reference)


def test_a_madonvi_changes_the_hash_only_where_there_is_one(tmp_path: Path) -> None:
    plain = read_folder(made(tmp_path / "a")).reference
    empty = read_folder(made(tmp_path / "b", units="id,name,madonvi\na,A,\nb,B,\n")).reference
    coded = "id,name,madonvi\nb,B,\na,A, \u200bH29.19\n"
    said = read_folder(made(tmp_path / "c", units=coded)).reference
    assert plain is not None
    assert empty is not None
    assert said is not None
    assert b"madonvi" not in encode_reference(plain) + encode_reference(empty)
    assert [unit.madonvi for unit in said.units] == ["", "H29.19"]
    write_folder(said, tmp_path / "d")
    assert read_folder(tmp_path / "d").reference == said


def test_an_officer_may_move_to_another_unit(tmp_path: Path) -> None:
    officers = "id,name,unit,valid_from,valid_to\no,O,a,,2026-05-31\no,O,b,2026-06-01,\n"
    assert (
        read_folder(made(tmp_path, officers=officers, steps="procedure,step,hours\n")).errors == ()
    )


def test_years_hold_for_every_calendar_of_the_country(tmp_path: Path) -> None:
    year = 'version = "y"\ndays_off = [2027-03-03]\n'
    found = read_folder(made(tmp_path, **{"calendars/vn/2027.toml": year})).reference
    assert found is not None
    assert all("2027-03-03" in spec.days_off for spec in (found.calendar, *found.calendars))


def test_a_missing_folder_has_no_units(tmp_path: Path) -> None:
    (finding,) = read_folder(tmp_path).errors
    assert isinstance(finding, Finding)
    assert str(finding).startswith("units.csv: is missing")


def test_the_example_is_the_simulated_city() -> None:
    found = read_folder(EXAMPLE)
    assert found.errors == ()
    city = City(1).reference()
    assert found.reference is not None
    assert differences(found.reference, city) == {}
    assert content_hash(found.reference) == content_hash(city)
    assert all(procedure.steps for procedure in city.procedures)


ALERTS = """
[[policies]]
digest_at = "07:45"
escalation_hours = [4, 12]

[[policies]]
units = ["a"]
procedures = [" p "]
off = []
backlog_rate = 7
quiet = ["17:30", "07:00"]
[policies.told]
overdue = ["head"]
escalation_2 = ["above", "leader"]
"""


def test_who_is_told_and_when_is_read_and_written(tmp_path: Path) -> None:
    files = {
        "alerts.toml": ALERTS,
        "receivers.csv": "unit,duty,officer\na,head,o1\nc,leader,o1\n",
        "sources.csv": "id,name,system,minutes,calendar\none-stop,Một cửa,MC,30,desk\nv,V,,,\n",
        "officers": "id,name,unit,position,email\no1,An,a,Clerk,an@x.vn\n",
    }
    found = read_folder(made(tmp_path / "one", **files))
    assert (found.errors, found.warnings) == ((), ())
    assert found.reference is not None
    context = Context(found.reference)
    here, there = context.alert_settings("a", "p"), context.alert_settings("c", "p")
    assert (here.escalation_hours, here.quiet, here.backlog_rate) == (
        (4, 12),
        ("17:30", "07:00"),
        7,
    )
    assert here.told["escalation_2"] == ("above", "leader")
    assert (here.digest_at, there.quiet) == ("07:45", ("18:00", "07:00"))
    assert found.reference.duties[1].duty == "leader"
    assert [source.minutes for source in found.reference.sources] == [30, 60]
    assert found.reference.officers[0].email == "an@x.vn"
    write_folder(found.reference, tmp_path / "two")
    assert read_folder(tmp_path / "two").reference == found.reference


def test_an_empty_table_of_alerts_leaves_the_hash_as_it_was(tmp_path: Path) -> None:
    plain = read_folder(made(tmp_path / "a")).reference
    empty = {"alerts.toml": "", "receivers.csv": "unit,duty,officer\n", "sources.csv": "id,name\n"}
    said = read_folder(made(tmp_path / "b", **empty)).reference
    assert plain is not None
    assert said is not None
    assert content_hash(said) == content_hash(plain)


def test_a_changed_policy_duty_or_source_is_a_difference() -> None:
    old = Reference(
        alert_policies=(AlertPolicy(storm=5), AlertPolicy(units=("a",), storm=5)),
        duties=(DutyHolder(unit="a", duty="head", officer="o"),),
        sources=(SourceLimit(id="s", name="S"), SourceLimit(id="t", name="T")),
    )
    new = Reference(
        alert_policies=(AlertPolicy(storm=6), AlertPolicy(procedures=("a",), storm=5)),
        duties=(DutyHolder(unit="a", duty="deputy", officer="o"),),
        sources=(SourceLimit(id="s", name="S", minutes=5), SourceLimit(id="t", name="T")),
    )
    assert differences(old, new) == {
        "alert policies": (("* · a",), ("a · *",), {"* · *": ("storm",)}),
        "duties": (("a deputy o",), ("a head o",), {}),
        "sources": ((), (), {"s": ("minutes",)}),
    }


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    spec = CalendarSpec(
        name="x", version="7", days_off=("2026-01-02", "2026-03-03"),
        local_holidays=("2026-05-05",),
        make_up_days=(MakeUpDay(day="2026-01-10", instead_of="2026-01-02"), "2026-01-17"),
        hours=Week(sat=("07:00-11:00",)),
    )  # fmt: skip
    city = City(2).reference()
    reference = msgspec.structs.replace(
        city,
        title='Said "so"',
        calendar=spec,
        calendars=(spec, CalendarSpec(kind="24x7", name="y", version="z")),
        limit=Limit(3, "months"),
        rules=Rules(alert_hours=(7,), target_rate=97.5),
        rule_versions=(
            RuleVersion(
                since="2026-01-01", name="n",
                rules=Rules(alert_hours=(7,), target_rate=97.5, on_time_by="date"),
                limits={"TT-001": Limit(1, "days")},
            ),
        ),
    )  # fmt: skip
    write_folder(reference, tmp_path)
    found = read_folder(tmp_path)
    assert found.errors == ()
    assert found.reference is not None
    assert differences(found.reference, reference) == {}
    assert found.reference == reference


def test_differences_by_kind() -> None:
    old = City(1).reference()
    units = (msgspec.structs.replace(old.units[0], name="New"), *old.units[2:])
    new = msgspec.structs.replace(old, units=units, rules=Rules(target_rate=99), title="T")
    found = differences(old, new)
    assert set(found) == {"units", "rules", "general"}
    assert found["units"] == ((), (old.units[1].id,), {old.units[0].id: ("name",)})
    assert set(found["rules"].changed) == {"target_rate", "tombstones"}
    assert differences(new, old)["units"].added == (old.units[1].id,)
    assert differences(Reference(), Reference()) == {}
