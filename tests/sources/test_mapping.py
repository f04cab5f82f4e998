"""The mapping file: what it means, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossiers.wire.facts import Limit
from sources.mapping_file import MappingError, check_columns, load_mapping
from tests.sources.logs import mapping

GOOD = """
timezone = "Europe/Amsterdam"
calendar = "24x7"
limit = "15 days"
finished = "column"
[columns]
dossier = "case:concept:name"
activity = "concept:name"
time = "time:timestamp"
finished = "case:enddate"
"""


def load(tmp_path: Path, text: str) -> object:
    path = tmp_path / "permits.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(path)


def test_reads_the_file_of_the_manual(tmp_path: Path) -> None:
    path = tmp_path / "permits.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    found = load_mapping(path)
    assert found.ends_by == "column"
    assert found.default_limit == Limit(amount=15, unit="days")
    assert found.zone.key == "Europe/Amsterdam"
    assert found.columns.officer == ""
    assert found.hash == load_mapping(path).hash


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("timezone", "timezon", "unknown key 'timezon' (did you mean 'timezone'?)"),
        ("\nactivity", "\nacitivity", "unknown key '[columns] acitivity' (did you mean 'activity'"),
        ("\nactivity =", "\nunit =", "[columns] activity is missing"),
        ("[columns]", "[colums]", "unknown key 'colums' (did you mean 'columns'?)"),
        ("Europe/Amsterdam", "Europe/Amsterdm", "(did you mean 'Europe/Amsterdam'?)"),
        ('"24x7"', '"24/7"', "calendar: Input should be '24x7' or 'vn-office'"),
        ("15 days", "15 weeks", "'15 weeks' is no limit: write a number and hours, days"),
        ('"column"', '"last event"', "(did you mean 'last-event'?)"),
        ('"column"', "[]", "the list of activities that end a dossier is empty"),
        ('finished = "case:enddate"', "", 'finished = "column" needs the column\'s name'),
        ("[columns]", "received = 'x'\n[columns]", "'received' (it belongs under [columns])"),
        ('"column"', '"column', "is not TOML"),
        (
            "[columns]",
            "time_format = 'dd/mm'\n[columns]",
            "time_format: 'dd/mm' is no form of time",
        ),
        (
            "[columns]",
            "time_format = '%H:%M'\n[columns]",
            "time_format: '%H:%M' gives no whole date",
        ),
        (
            "[columns]",
            f"time_format = '%d{'x' * 100}'\n[columns]",
            "time_format: has 102 characters",
        ),
        ("[columns]", "missing = 'NA'\n[columns]", "missing: "),
        ("[columns]", "missing = [1]\n[columns]", "missing.0: "),
        ("[columns]", "reopen = 'Reopened'\n[columns]", "reopen: "),
        ("[columns]", "reopn = ['x']\n[columns]", "unknown key 'reopn' (did you mean 'reopen'?)"),
        ('"column"', '["E"]\nreopen = ["E\u200b"]', "reopen: 'E' is in finished, too"),
        ("[columns]", "[columns]\nlifecycle = 5", "[columns] lifecycle: "),
        ('"case:enddate"', f'"{"x" * 1_001}"', "[columns] finished: "),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(MappingError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert str(caught.value).startswith(str(tmp_path / "permits.toml") + ": ")
    assert said in str(caught.value)


def test_keys_that_are_not_used_leave_the_hash_as_it_was() -> None:
    """Timelines are bound to it: those of earlier versions go on."""
    columns = {"dossier": "a", "activity": "b", "time": "c"}
    plain = mapping(columns, finished=["Đ"], limit="2 days", timezone="Asia/Ho_Chi_Minh")
    assert plain.hash == "6c3407ba9a099af9105b49fb86fb7d777d6be64e0e302c287c90af7086f2a27c"
    others: list[dict[str, object]] = [
        {"reopen": ["x"]}, {"time_format": "iso"}, {"missing": []}, {"missing": ["x"]},
    ]  # fmt: skip
    hashes = {mapping(columns, **other).hash for other in others}
    hashes |= {mapping({**columns, "lifecycle": name}).hash for name in ("", "x")}
    assert len(hashes | {mapping(columns).hash}) == 7


def test_names_are_read_in_their_one_identity() -> None:
    apart = mapping({"dossier": "ma\u0303 ", "activity": "a\u00a0b", "time": "t\u200b"})
    assert list(apart.columns.mapped().values()) == ["mã", "a b", "t"]
    assert mapping(finished=["Tra\u0309 "]).end_activities == {"Trả"}
    assert mapping(missing=["\u00a0-"]).missing_values == {"", "-"}


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"none\.toml: cannot be read"):
        load_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("8 hours", Limit(amount=8, unit="hours")),
        ("1 day", Limit(amount=1, unit="days")),
        ("5 working days", Limit(amount=5, unit="working_days")),
        ("2 Months", Limit(amount=2, unit="months")),
        ("", None),
    ],
)
def test_limits(limit: str, expected: Limit | None) -> None:
    assert mapping(limit=limit).default_limit == expected


def test_a_due_column_outranks_the_limit() -> None:
    columns = {"dossier": "id", "activity": "a", "time": "t", "due": "d"}
    assert mapping(columns, limit="15 days").default_limit is None


def test_how_a_dossier_ends() -> None:
    columns = {"dossier": "id", "activity": "a", "time": "t"}
    with_finish = {**columns, "finished": "f"}
    assert mapping(columns).ends_by == "never"
    assert mapping(with_finish).ends_by == "column"
    assert mapping(with_finish, finished="last-event").ends_by == "last-event"
    assert mapping(columns, finished=["Done"]).ends_by == "activity"


def test_a_missing_column_is_told_with_the_nearest_one() -> None:
    with pytest.raises(MappingError) as caught:
        check_columns(mapping(), ["case:concept:name", "concept:nam", "time:timestamp"], "log.csv")
    assert "activity = 'concept:name', but log.csv has no such column" in str(caught.value)
    assert "(did you mean 'concept:nam'?)" in str(caught.value)
