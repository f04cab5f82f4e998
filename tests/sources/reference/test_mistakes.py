"""Mistakes in a folder of reference data: each with its file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.reference.folder import read_folder
from tests.sources.reference.folders import made

DUTY, ONE, ALERTS = "unit,duty,officer\n", "[[policies]]\n", "alerts.toml"
LEFT = "id,name,unit,valid_to"
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
    ("procedures", "id,name,online\np,P,yes\n", "(online): is none of full, partial"),
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
    ("officers", "id,name,email\no,O,o@\n", "officers.csv:2 (email): is no e-mail address"),
    (
        "units",
        "id,name,supervisor_email\na,A,a@b..vn\n",
        "units.csv:2 (supervisor_email): is no e-",
    ),
    (
        "officers",
        "id,name,email\no1,An,An@x.vn\no2,B,an@x.vn\n",
        "officers.csv:3 (email): 'an@x.vn' is the address of 'o1' already",
    ),
    ("receivers.csv", f"{DUTY}z,head,o1\n", "receivers.csv:2 (unit): there is no unit 'z'"),
    ("receivers.csv", f"{DUTY}a,chief,o1\n", "receivers.csv:2 (duty): 'chief' is none of head, de"),
    ("receivers.csv", f"{DUTY}a,,o1\n", "receivers.csv:2 (duty): is empty"),
    ("receivers.csv", f"{DUTY}a,head,o9\n", "receivers.csv:2 (officer): there is no officer 'o9'"),
    ("receivers.csv", f"{DUTY}a,head,o1\na,head,o1\n", "receivers.csv:3 (officer): 'o1' has this"),
    ("sources.csv", "id,name,minutes\np,P,0\n", "sources.csv:2 (minutes): 0 is not from 1 to"),
    (
        "sources.csv",
        "id,name,minutes\np,P,1.5\n",
        "sources.csv:2 (minutes): '1.5' is no whole numb",
    ),
    ("sources.csv", "id,name\np,P\np,Q\n", "sources.csv:3 (id): 'p' is there twice"),
    ("sources.csv", "id,name\ndesk,P\n", "sources.csv:2 (id): 'desk' is no source"),
    ("sources.csv", "id,name\nunit:a,P\n", "sources.csv:2 (id): 'unit:a' is no source"),
    ("sources.csv", "id,name,calendar\np,P,x\n", "sources.csv:2 (calendar): there is no calendar"),
    (ALERTS, f'{ONE}units = [\n  "a",\n  "z",\n]\n', "alerts.toml:4 (units): there is no unit 'z'"),
    (ALERTS, f'{ONE}procedures = ["q"]\n', "alerts.toml:2 (procedures): there is no procedure 'q'"),
    (ALERTS, f'{ONE}off = ["late"]\n', "alerts.toml:2 (off): there is no kind of alert 'late'"),
    (ALERTS, f'{ONE}units = ["a"]\n{ONE}storm = 1\n', "alerts.toml:4 (storm): 1 is not from 2"),
    (ALERTS, f"{ONE}escalation_hours = [8, 8]\n", "alerts.toml:2 (escalation_hours): 8, 8 do not"),
    (ALERTS, f"{ONE}escalation_hours = [1, 2, 3, 4]\n", "(escalation_hours): has 4 levels"),
    (ALERTS, f"{ONE}reminder_hours = [0]\n", "alerts.toml:2 (reminder_hours): must be whole"),
    (ALERTS, f'{ONE}quiet = ["18:00", "7h"]\n', "alerts.toml:2 (quiet): '7h' is no clock time"),
    (ALERTS, f'{ONE}digest_at = "25:00"\n', "alerts.toml:2 (digest_at): '25:00' is no clock time"),
    (ALERTS, f"{ONE}[policies.told]\n\nlate = []\n", "alerts.toml:4 (told): there is no kind of"),
    (
        ALERTS,
        f'{ONE}[policies.told]\noverdue = ["boss"]\n',
        "alerts.toml:3 (told.overdue): Invalid",
    ),
    (ALERTS, f'{ONE}budget = "many"\n', "alerts.toml:2 (budget): Expected `int"),
    (ALERTS, f"{ONE}budgets = 3\n", "alerts.toml:2 (budgets): is no setting of a policy"),
    (ALERTS, f"{ONE}budget = 3\n\n{ONE}storm = 9\n", "alerts.toml:4: everything has a policy alr"),
    (
        ALERTS,
        f'{ONE}units = ["a", "b"]\n{ONE}procedures = ["p"]\n{ONE}units = ["c", "b"]\n',
        "alerts.toml:6 (units): unit 'b' has a policy already",
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


def test_policies_that_name_too_many_pairs_are_a_mistake(tmp_path: Path) -> None:
    many = [f"x{n}" for n in range(300)]
    policy = f"[[policies]]\nunits = {many}\nprocedures = {many}\n"
    found = read_folder(made(tmp_path, **{ALERTS: policy.replace("'", '"')}))
    assert any("more than 50,000 pairs" in each.text for each in found.errors)


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
        ("officers", f"{LEFT}\no1,An,a,\np, an,a,\n", "is there twice in this unit"),
        ("units", "id,name,madonvi\na,A,0301234567\nb,B,\n", "could be a person's number"),
        (
            "officers",
            f"{LEFT}\no1,An,a,2026-05-31\n",
            "receivers.csv:2 (officer): warning: 'o1' leaves, the last day is",
        ),
        (ALERTS, f"{ONE}[policies.told]\noverdue = []\n", "alerts.toml:3 (told): warning: overdue"),
        (
            ALERTS,
            f'{ONE}told = {{ overdue = ["reform"] }}\n',
            "a duty that no line of receivers.csv",
        ),
        ("unit.csv", "id\n", "unit.csv: warning: is no file that is read"),
        ("reference", 'title = "T"\n', "has no limit, and reference.toml none for all"),
    ],
)
def test_a_warning_stops_nothing(tmp_path: Path, file: str, content: str, said: str) -> None:
    changed = {file: content}
    if file == "officers":
        changed |= {"receivers.csv": f"{DUTY}a,head,o1\n", "steps": "procedure,step,hours\n"}
    if file == "reference":
        changed["procedures"] = "id,name\np,P\n"
    found = read_folder(made(tmp_path, **changed))
    assert found.errors == ()
    assert any(said in str(each) for each in found.warnings), list(map(str, found.warnings))


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
