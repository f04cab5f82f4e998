"""Times that are not ISO 8601: told by the mapping, or by all dates of the file together."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.wire.events import Progressed
from sources.importer.rows import LogError
from sources.time_forms import digits_of, read_form
from tests.sources.logs import Imported, imported, mapping

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
COLUMNS = {"dossier": "id", "activity": "what", "time": "at"}


def read(path: Path, *times: str, due: str = "", **content: object) -> Imported:
    rows = [f"A{number};x;{time};{due}" for number, time in enumerate(times)]
    log = path / "log.csv"
    log.write_text("\n".join(["id;what;at;due", *rows]), encoding="utf-8")
    with_due = COLUMNS | ({"due": "due"} if due else {})
    return imported(log, mapping(with_due, timezone="Asia/Ho_Chi_Minh", **content))


def local(got: Imported) -> list[str]:
    """The rows' times in the mapping's zone, in file order."""
    steps = sorted(got.of(Progressed), key=lambda e: int(e.dossier_id[1:]))
    return [
        datetime.fromtimestamp(e.occurred_at / 1000, HANOI).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        for e in steps
    ]


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("02/03/2026", "dd/mm/yyyy", "2026-03-02 00:00:00.000"),
        ("2/3/2026 8:05", "dd/mm/yyyy", "2026-03-02 08:05:00.000"),
        ("02-03-2026 08:05:06.789", "dd/mm/yyyy hh:mm:ss", "2026-03-02 08:05:06.789"),
        ("02.03.2026", "dd.mm.yyyy", "2026-03-02 00:00:00.000"),
        ("02/03/2026 08:05", "mm/dd/yyyy", "2026-02-03 08:05:00.000"),
        ("02/03/2026 8:05:00 CH", "dd/mm/yyyy", "2026-03-02 20:05:00.000"),
        ("02/03/2026 12:05 SA", "dd/mm/yyyy", "2026-03-02 00:05:00.000"),
        ("02/03/2026, 12:05 PM", "mm/dd/yyyy", "2026-02-03 12:05:00.000"),
        ("02/03/2026 24:00", "dd/mm/yyyy", "2026-03-03 00:00:00.000"),
        ("02/03/2026 08:05:00 +00:00", "dd/mm/yyyy", "2026-03-02 15:05:00.000"),
        ("2026/03/02", "", "2026-03-02 00:00:00.000"),
        ("2019/11/03 01:11:19.000", "", "2019-11-03 01:11:19.000"),
        ("2026-3-2 24:00:00", "", "2026-03-03 00:00:00.000"),
        ("2026-03-02 24:00", "", "2026-03-03 00:00:00.000"),
        ("2025-12-31T24:00:00.000+07:00", "", "2026-01-01 00:00:00.000"),
        ("23/11/2025 8:05", "", "2025-11-23 08:05:00.000"),
        ("11/23/2025 8:05", "", "2025-11-23 08:05:00.000"),
        ("05/05/2026", "", "2026-05-05 00:00:00.000"),
        ("08:05 02/03/2026", "%H:%M %d/%m/%Y", "2026-03-02 08:05:00.000"),
        ("24:00 02/03/2026", "%H:%M %d/%m/%Y", "2026-03-03 00:00:00.000"),
        ("20260302080506", "%Y%m%d%H%M%S", "2026-03-02 08:05:06.000"),
        ("2026-02-03", "%Y-%d-%m", "2026-03-02 00:00:00.000"),
        ("2026-03-02T08:05:06+07:00", "%H:%M %d/%m/%Y", "2026-03-02 08:05:06.000"),
        ("2026-03-02", "dd/mm/yyyy", "2026-03-02 00:00:00.000"),
    ],
)
def test_forms(tmp_path: Path, text: str, form: str, expected: str) -> None:
    got = read(tmp_path, text, time_format=form)
    assert (got.letters, local(got)) == ([], [expected])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("32/01/2026", ""),
        ("2026/13/01", ""),
        ("02/03/26", "dd/mm/yyyy"),
        ("02/03-2026", "dd/mm/yyyy"),
        ("02/03/2026 24:01", "dd/mm/yyyy"),
        ("2026-03-02 24:30", ""),
        ("24:10 02/03/2026", "%H:%M %d/%m/%Y"),
        ("02/03/2026 13:00 PM", "dd/mm/yyyy"),
        ("02/23/2026", "dd/mm/yyyy"),
        ("02/03/2026", "iso"),
        ("02/03/2026", "yyyy/mm/dd"),
        ("02/03/2026", "%Y%m%d"),
        ("2026-23-12", "%Y-%m-%d"),
        ("1" * 50 + "2/03/2026", "dd/mm/yyyy"),
    ],
)
def test_what_fits_no_form_is_a_dead_letter(tmp_path: Path, text: str, form: str) -> None:
    got = read(tmp_path, "2026-01-01", text, time_format=form)
    assert got.reasons() == ["bad_time"]
    said = f"line 3 (row 2): column 'at' is a text of {len(text)} characters, which is no time"
    assert said in got.letters[0].detail or form in ("", "iso")
    assert form in got.letters[0].detail


def test_a_pattern_that_only_looks_like_iso_8601_is_not_mixed_with_it(tmp_path: Path) -> None:
    got = read(tmp_path, "2026-02-01", "2026-03-22", time_format="%Y-%d-%m")
    assert (local(got), got.reasons()) == (["2026-01-02 00:00:00.000"], ["bad_time"])


def test_one_date_tells_of_the_whole_file_even_the_last_one(tmp_path: Path) -> None:
    unclear = [f"0{day}/03/2026 08:0{day}" for day in range(1, 10) if day != 3]
    got = read(tmp_path, *unclear, "13/03/2026")
    assert local(got)[:2] == ["2026-03-01 08:01:00.000", "2026-03-02 08:02:00.000"]
    assert len(local(got)) == 9
    got = read(tmp_path, *unclear, "03/13/2026")
    assert local(got)[:2] == ["2026-01-03 08:01:00.000", "2026-02-03 08:02:00.000"]
    got = read(tmp_path, *unclear, due="28/03/2026")  # another column of the same file
    assert local(got)[0] == "2026-03-01 08:01:00.000"


def test_dates_that_do_not_tell_are_refused_with_two_of_them(tmp_path: Path) -> None:
    with pytest.raises(LogError) as caught:
        read(tmp_path, "2026-01-01", "05/05/2026", "01/03/2026 08:00", "02/03/2026", "04/03/2026")
    said = str(caught.value)
    assert "row 3 ('01/03/2026 08:00') and row 4 ('02/03/2026') may begin with" in said
    assert 'Set time_format in the mapping to "dd/mm/yyyy" or "mm/dd/yyyy"' in said
    assert not list((tmp_path / "work").iterdir())


def test_dates_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        LogError, match=r"row 2 \('13/01/2026'\) begins with a day and row 3 .*'01/1"
    ):
        read(tmp_path, "01/03/2026", "13/01/2026", "01/13/2026")
    assert read(tmp_path, "13/01/2026", "01/13/2026").letters == []  # none of them is unclear


MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2026, 9, 1), timezones=st.just(HANOI)).map(
    lambda moment: moment.replace(microsecond=0, fold=0)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=6), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_any_file_is_read_rightly_or_refused(
    tmp_path: Path, moments: list[datetime], order: str
) -> None:
    texts = [moment.strftime(f"{order} %H:%M:%S") for moment in moments]
    try:
        got = read(tmp_path, *texts)
    except LogError:
        assert all(moment.day <= 12 for moment in moments)
        named = "dd/mm/yyyy" if order.startswith("%d") else "mm/dd/yyyy"
        got = read(tmp_path, *texts, time_format=named)
    assert local(got) == [moment.strftime("%Y-%m-%d %H:%M:%S.000") for moment in moments]


@pytest.mark.parametrize("text", ["%d/%m", "%H:%M", "%Q", "dd/mm/yy", "dd/mm/yyyy x", "%" * 101])
def test_no_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|pattern|whole date|characters"):
        read_form(text)


@given(st.text("0123456789/.-: TZ+SACHPM", max_size=100))
def test_digits_never_fail_otherwise(text: str) -> None:
    found = digits_of(text)
    assert found is None or found.year_first != found.year_last


def test_midnight_before_and_after_is_a_day_apart(tmp_path: Path) -> None:
    got = read(tmp_path, "2026-02-28 00:00", "2026-02-28 24:00", "2026-03-01 00:00")
    first, end, following = (datetime.fromisoformat(text) for text in local(got))
    assert end == following == first + timedelta(days=1)
