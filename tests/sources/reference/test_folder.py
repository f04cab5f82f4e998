"""A folder of reference data: every mistake is named with its place, and all of them at once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dossiers.reference.diff import differences
from dossiers.wire.facts import Limit
from dossiers.wire.reference import (
    CalendarSpec,
    MakeUpDay,
    Reference,
    Rules,
    RuleVersion,
    Week,
    content_hash,
    encode_reference,
)
from sources.calendars import vn_office
from sources.reference.findings import Finding
from sources.reference.folder import read_folder
from sources.reference.writing import write_folder
from sources.simulator.city import City

EXAMPLE = Path(__file__).parents[3] / "sources" / "simulator" / "reference"
GOOD = {
    "units.csv": "id,name,parent,calendar\nc,City,,\na,A,c,desk\nb,B,a,\n",
    "officers.csv": "id,name,unit,position,valid_from,valid_to,superior\n"
    "o1,An,a,Head,,,\no2,Bình,b,Clerk,2026-01-01,,o1\n",
    "procedures.csv": "id,name,limit,unit,same_day\np,P,2,working_days,\ns,S,,,1\n",
    "steps.csv": "procedure,step,name,hours,holder\np,in,In,2,Clerk\np,out,Out,6.5,a\n",
    "calendars/desk.toml": 'version = "1"\n[hours]\nmon = ["08:00-12:00"]\n',
    "rules.toml": '[rules]\nalert_hours = [8]\n\n[[versions]]\nsince = 2025-07-01\nname = "v"\n'
    'stop_mode = "restart"\n[versions.limits]\np = { amount = 3, unit = "days" }\n',
    "reference.toml": 'title = "T"\nlimit = { amount = 5, unit = "working_days" }\n',
}


def made(folder: Path, **changed: str) -> Path:
    """The good folder, with some files replaced; "units" stands for units.csv."""
    for name, content in GOOD.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.pop(path.stem, content), encoding="utf-8")
    for name, content in changed.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


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


BAD = [
    ("units", "id,name,parent\na,A,b\nb,B,a\n", "units.csv:2 (parent): a → b → a is a circle"),
    ("units", "id,name,parent\na,A,z\n", "units.csv:2 (parent): there is no unit 'z'"),
    ("units", "id,name\na,A\na,B\n", "units.csv:3 (id): 'a' is there twice"),
    ("units", "id,name\na,\n", "units.csv:2 (name): is empty"),
    ("units", "id,name,calendar\na,A,x\n", "units.csv:2 (calendar): there is no calendar 'x'"),
    ("units", "id,name,x\na,A,far\n", "units.csv:2 (x): 'far' is no number"),
    ("units", "id,name,x\na,A,7\n", "units.csv:2 (x): 7 is not from 0 to 1"),
    ("units", "id,name,kind\na,A,town\n", "units.csv:2 (kind): 'town' is none of province"),
    ("units", "id,name,madonvi\na,A,X\nb,B,X\n", "units.csv:3 (madonvi): 'X' is the code of unit"),
    ("units", "id,name,madonvi\na,A,X Y\n", "units.csv:2 (madonvi): is no code"),
    ("units", "id,name,madonvi\na,A,x@y\n", "units.csv:2 (madonvi): is no code"),
    ("units", "id,nam\na,A\n", "units.csv:1 (nam): is no column of this file"),
    ("units", "id,nam\na,A\n", "units.csv:1 (name): is missing in the header"),
    ("units", "id,name\na,A,B\n", "units.csv:2: has 3 cells and the header 2"),
    ("units", 'id,name\na,"A\n', "units.csv:2: is no CSV from here on"),
    ("units", "", "units.csv: is empty"),
    ("officers", "id,name,unit\no,O,z\n", "officers.csv:2 (unit): there is no unit 'z'"),
    ("officers", "id,name,superior\no,O,o\n", "officers.csv:2 (superior): o → o is a circle"),
    ("officers", "id,name,superior\no,O,q\n", "officers.csv:2 (superior): there is no officer"),
    ("officers", "id,name,valid_from\no,O,2026-02-30\n", "(valid_from): '2026-02-30' is no date"),
    (
        "officers",
        "id,name,valid_from,valid_to\no,O,2026-05-01,2026-01-01\n",
        "officers.csv:2 (valid_to): 2026-01-01 is before valid_from",
    ),
    ("officers", "id,name\no,O\no,P\n", "officers.csv:3 (id): 'o' is there twice at one time"),
    ("procedures", "id,name,limit\np,P,3\n", "procedures.csv:2 (unit): is empty, but limit is not"),
    ("procedures", "id,name,limit,unit\np,P,3,weeks\n", "(unit): 'weeks' is none of hours"),
    ("procedures", "id,name,limit,unit\np,P,0,days\n", "(limit): must be more than 0"),
    ("procedures", "id,name,limit,unit\np,P,1.5,days\n", "(limit): '1.5' is no whole number"),
    ("procedures", "id,name,same_day\np,P,maybe\n", "(same_day): 'maybe' is neither yes nor no"),
    ("steps", "procedure,step,hours\nq,a,1\n", "steps.csv:2 (procedure): there is no procedure"),
    ("steps", "procedure,step,hours\np,a,1\np,a,1\n", "steps.csv:3 (step): 'a' is there twice"),
    (
        "steps",
        "procedure,step,hours,aliases\np,a,1,x | Soát  xét\np,b,1,SOÁT XÉT|\n",
        "steps.csv:3 (aliases): 'SOÁT XÉT' names step 'a', too",
    ),
    ("steps", "procedure,step,hours\np,a,0\n", "steps.csv:2 (hours): must be more than 0"),
    ("reference", 'title = "T\n', "reference.toml:1: is no TOML"),
    ("reference", 'titel = "T"\n', "reference.toml:1 (titel): is no setting here"),
    ("reference", 'calendar = "x"\n', "(calendar): there is no calendars/x.toml"),
    ("reference", 'timezone = "Mars/One"\n', "(timezone): there is no time zone 'Mars/One'"),
    ("rules", '[rules]\n\nstop_mode = "halt"\n', "rules.toml:3 (stop_mode): Invalid enum value"),
    ("rules", "[rules]\nfast = true\n", "rules.toml:2 (fast): is no rule"),
    ("rules", "[rules]\nretention_days = 5\n", "rules.toml:2 (retention_days)"),
    (
        "rules",
        '[rules]\nalert_hours = [8]\n[[versions]]\nsince = 2025-07-01\nname = "v"\n'
        "alert_hours = [4]\n",
        "rules.toml:6 (alert_hours): says how the installation works",
    ),
    (
        "rules",
        '[[versions]]\nsince = 2025-07-01\nname = "v"\n[[versions]]\nsince = 2024-07-01\n'
        'name = "w"\n',
        "rules.toml:4 (since): 2024-07-01 is not after 2025-07-01",
    ),
    (
        "rules",
        '[[versions]]\nsince = 2025-07-01\nname = "v"\n[versions.limits]\n'
        'q = { amount = 1, unit = "days" }\n',
        "(limits): there is no procedure 'q'",
    ),
    ("desk", '[hours]\nmon = ["8-12"]\n', "calendars/desk.toml:1: "),
    (
        "desk",
        "make_up_days = [ { day = 2027-01-09, instead_of = 2027-01-05 } ]\n",
        "calendars/desk.toml:1: 2027-01-09 is to make up for 2027-01-05, which is not off",
    ),
    (
        "calendars/vn/2027.toml",
        'version = "1"\ndays_off = [2026-03-03]\n',
        "calendars/vn/2027.toml:2: 2026-03-03 is not in 2027",
    ),
]


@pytest.mark.parametrize(("file", "content", "said"), BAD)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, file: str, content: str, said: str
) -> None:
    found = read_folder(made(tmp_path, **{file: content}))
    assert found.reference is None
    assert any(said in str(each) for each in found.errors), list(map(str, found.errors))


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    files = {file: content for file, content, _ in BAD[:-1]}
    found = read_folder(made(tmp_path, **files))
    assert {each.file for each in found.errors} >= {
        "units.csv", "officers.csv", "procedures.csv", "steps.csv", "rules.toml", "reference.toml",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("steps", "procedure,step,hours\np,a,9\np,b,8\n", "the steps of 'p' take 17 hours and its"),
        ("steps", "procedure,step,hours,holder\np,a,9,Nobody\n", "is neither a unit nor the posit"),
        ("officers", "id,name,unit\no,An,a\np, an,a\n", "is there twice in this unit"),
        ("units", "id,name,madonvi\na,A,0301234567\nb,B,\n", "could be a person's number"),
        ("unit.csv", "id\n", "unit.csv: warning: is no file that is read"),
        ("reference", 'title = "T"\n', "has no limit, and reference.toml none for all"),
    ],
)
def test_a_warning_stops_nothing(tmp_path: Path, file: str, content: str, said: str) -> None:
    changed = {file: content}
    if file == "reference":
        changed["procedures"] = "id,name\np,P\n"
    found = read_folder(made(tmp_path, **changed))
    assert found.errors == ()
    assert any(said in str(each) for each in found.warnings), list(map(str, found.warnings))


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


@pytest.mark.parametrize(
    ("cell", "said"),
    [("x" * 5_000, "has a cell of more than 2,000 characters"), ("9" * 1_500, "is no number"),
     ("1e999", "is no number"), ("nan", "is no number")],
)  # fmt: skip
def test_a_cell_beyond_measure_is_a_mistake(tmp_path: Path, cell: str, said: str) -> None:
    found = read_folder(made(tmp_path, steps=f"procedure,step,hours\np,a,{cell}\n"))
    assert found.reference is None
    (mistake,) = found.errors
    assert "steps.csv:2" in str(mistake)
    assert said in str(mistake)
    assert len(str(mistake)) < 300


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
