"""A month's late list as its people have it, on a whole stack: frozen by itself, explained by those
charged, reviewed, approved, published, proven, corrected twice, and the same from a backup."""

from __future__ import annotations

import json
import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.late_list_city import Json, LateCity, Someone, late_city
from tests.e2e.product import answer, dunghen

pytestmark = pytest.mark.timeout(900)
SHARE = 5  # every so manieth case is explained, and accepted


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LateCity]:
    with late_city(tmp_path_factory.mktemp("late-list")) as found:
        yield found


@pytest.fixture(scope="module")
def month(city: LateCity) -> str:
    return str(city.frozen()["id"])


@pytest.fixture(scope="module")
def office(city: LateCity) -> Someone:
    return city.person("reform_office")


@pytest.fixture(scope="module")
def leader(city: LateCity) -> Someone:
    return city.person("leader")


def named(case: Json) -> Json:
    return {name: case[name] for name in ("dossier", "unit", "officer")}


@pytest.fixture(scope="module")
def explained(city: LateCity, month: str, office: Someone) -> dict[str, list[Json]]:
    """What officers said about every fifth case of theirs, by the reason that they gave."""
    cases = [case for case in office.cases(month) if case["officer"]]
    mine: dict[str, list[Json]] = defaultdict(list)
    for case in cases[::SHARE]:
        mine[case["officer"]].append(named(case))
    found: dict[str, list[Json]] = defaultdict(list)
    for number, (officer, some) in enumerate(sorted(mine.items())):
        reason = ("leave", "system_down")[number % 2]
        speaks = speaker(city, officer)
        speaks.step(month, "explain", cases=some, reason=reason, text="Có quyết định kèm theo.")
        found[reason] += some
    return found


def speaker(city: LateCity, officer: str) -> Someone:
    """An officer; heads act as supervisors."""
    try:
        return city.person(f"officer:{officer}")
    except AssertionError:
        return city.person(f"supervisor:{officer}")


@pytest.fixture(scope="module")
def reviewed(month: str, office: Someone, explained: dict[str, list[Json]]) -> Json:
    """The decisions; two reviewers press at the same moment for the first of them."""
    assert len(explained["leave"]) > 2
    assert len(explained["system_down"]) > 2
    seen = office.shown(month)["number"]
    for reason, cases in explained.items():
        effect = office.http.post(
            f"/api/v1/publications/{month}/effect", json={"accepted": cases, "reason": reason}
        ).json()["effects"]
        assert any(each["after"] < each["before"] for each in effect), reason
        body = {"accepted": cases, "reason": reason, "text": "Chấp nhận.", "seen": seen}
        with ThreadPoolExecutor(2) as both:
            asked = [both.submit(office.ask, month, "decide", **body) for _ in range(2)]
            statuses = sorted(each.result().status_code for each in asked)
        assert statuses == [200, 409], "one of two decides"
    return office.shown(month)


@pytest.fixture(scope="module")
def published(city: LateCity, month: str, office: Someone, leader: Someone, reviewed: Json) -> Json:
    """The list, after a kill -9 between the review and what follows."""
    kill_api(city)
    again = office.shown(month)
    assert (again["number"], again["cases"]) == (reviewed["number"], reviewed["cases"])
    return publish(month, office, leader, "123/TB-VP")


def kill_api(city: LateCity) -> None:
    before = city.stack.processes()["api"]
    os.kill(before["pid"], signal.SIGKILL)
    city.stack.wait_restarted("api", before["restarts"] + 1)
    city.frozen()


def publish(month: str, office: Someone, leader: Someone, number: str) -> Json:
    office.step(month, "submit")
    assert office.ask(month, "approve").status_code in (403, 409), "who reviewed approves nothing"
    leader.step(month, "approve")
    leader.step(month, "publish", document_no=number, dated="2026-11-12")
    return leader.shown(month)


def download(city: LateCity, month: str, edition: int, name: str) -> bytes:
    found = city.anybody().get(f"/late-lists/{month}/{edition}/{name}")
    assert found.status_code == 200, (name, found.text[:300])
    return found.content


def content_of(city: LateCity, month: str, edition: int, files: list[Json]) -> Any:
    (name,) = (each["name"] for each in files if each["name"].endswith(".json"))
    return json.loads(download(city, month, edition, name))


def test_a_month_is_frozen_by_itself_and_once(city: LateCity, month: str, office: Someone) -> None:
    frozen = city.frozen()
    assert frozen["simulation"] is True
    assert frozen["late"] > 20
    again = office.post("", {"request": "again", "month": month, "scope": ""})
    assert again.status_code == 409, again.text
    unit = office.cases(month)[0]["unit"]
    body = {"month": month, "scope": unit}
    with ThreadPoolExecutor(2) as both:
        asked = [both.submit(office.post, "", body | {"request": f"r{n}"}) for n in range(2)]
        assert sorted(each.result().status_code for each in asked) == [200, 409]


def test_nobody_does_what_is_anothers(
    city: LateCity, month: str, leader: Someone, explained: dict[str, list[Json]]
) -> None:
    case = explained["leave"][0]
    decision = {"accepted": [case], "reason": "leave"}
    assert leader.ask(month, "decide", **decision).status_code == 403
    assert leader.ask(month, "explain", cases=[case], reason="leave").status_code == 403
    other = next(each for each in explained["leave"] if each["officer"] != case["officer"])
    body = {"request": "x", "seen": 10**6, "cases": [other], "reason": "leave"}
    mine = speaker(city, case["officer"])
    assert mine.post(f"/{month}/explain", body).status_code in (403, 422)


def test_published_is_frozen_less_what_was_accepted(
    city: LateCity, month: str, published: Json, explained: dict[str, list[Json]]
) -> None:
    content = content_of(city, month, 1, published["files"])
    whole, rows = content["list"]["whole"], content["rows"]
    left = {case["dossier"] for case in explained["system_down"]}
    assert whole["late"] == published["late"] - len(left)
    assert (whole["total"], whole["excluded"]) == (published["total"], len(left))
    assert not left & {each["row"]["dossier"] for each in rows["dossiers"]}
    relieved = {tuple(case.values()) for case in explained["leave"] if case["dossier"] not in left}
    charged = {
        (each["row"]["dossier"], charge["unit"], charge["officer"])
        for each in rows["dossiers"] for charge in each["row"]["charges"]
    }  # fmt: skip
    assert relieved
    assert relieved & charged == set()


def test_every_file_and_a_row_prove_themselves(
    city: LateCity, month: str, published: Json, tmp_path: Path
) -> None:
    kinds = {each["name"].rpartition(".")[2] for each in published["files"]}
    assert {"pdf", "xlsx", "csv", "json"} <= kinds
    for file in published["files"]:
        body = download(city, month, 1, file["name"])
        (tmp_path / file["name"]).write_bytes(body)
    pdf = next(each["name"] for each in published["files"] if each["name"].endswith(".pdf"))
    told = answer("late-list", "verify", str(tmp_path / pdf), "--list", month, *city.at)
    assert (told["genuine"], told["file"], told["edition"]) == (True, pdf, 1)
    row = content_of(city, month, 1, published["files"])["rows"]["dossiers"][0]
    manifest = tmp_path / f"kiem-chung-{month}.json"
    manifest.write_bytes(download(city, month, 1, manifest.name))
    (tmp_path / "row.json").write_text(json.dumps(row))
    offline = ("late-list", "verify", str(tmp_path / "row.json"), "--manifest", str(manifest))
    assert answer(*offline)["genuine"] is True
    row["row"]["late"] += 1
    (tmp_path / "row.json").write_text(json.dumps(row))
    assert answer(*offline, status=1)["genuine"] is False
    broken = bytearray((tmp_path / pdf).read_bytes())
    broken[len(broken) // 2] ^= 1
    (tmp_path / pdf).write_bytes(broken)
    told = answer("late-list", "verify", str(tmp_path / pdf), *city.at, status=1)
    assert told["what"].startswith("1 byte differs from")


def test_the_site_as_files_has_the_bytes_that_the_api_serves(
    city: LateCity, month: str, published: Json, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    assert answer("late-list", "export", str(folder), *city.at)["lists"] == 1
    for name in (each["name"] for each in published["files"]):
        assert (folder / month / "1" / name).read_bytes() == download(city, month, 1, name)


def test_a_correction_of_a_correction_stands_in_front(
    city: LateCity, month: str, published: Json, office: Someone, leader: Someone, tmp_path: Path
) -> None:
    first = next(each["name"] for each in published["files"] if each["name"].endswith(".pdf"))
    for number in (2, 3):
        office.step(month, "correct", text="Số liệu nguồn được sửa.")
        assert publish(month, office, leader, f"12{number + 3}/TB-VP")["edition"] == number
    (tmp_path / first).write_bytes(download(city, month, 1, first))
    told = answer("late-list", "verify", str(tmp_path / first), *city.at)
    assert told["genuine"] is True
    assert told["notes"][0] == "Edition 3 has corrected it since."
    shown = dunghen("late-list", "show", month, "--as", "leader", *city.at).stdout
    assert f"{month}, edition 3 (simulation): published" in shown


def test_the_recount_and_a_restored_backup_say_the_same(
    city: LateCity, month: str, published: Json, tmp_path: Path
) -> None:
    report = answer("verify", *city.at)
    lists = {c["name"]: c for c in report["checks"] if c["name"].startswith("late lists")}
    assert report["equal"] is True, [c for c in report["checks"] if c["differences"]]
    assert len(lists) == 5
    assert all(check["compared"] for check in lists.values())
    backup, other = tmp_path / "backup", tmp_path / "other"
    answer("backup", str(backup), *city.at)
    restored = answer("restore", str(backup), "--state", str(other))
    again = {c["name"]: c["compared"] for c in restored["checks"] if c["name"] in lists}
    assert restored["equal"] is True
    assert again == {name: check["compared"] for name, check in lists.items()}
    name = next(each["name"] for each in published["files"] if each["name"].endswith(".xlsx"))
    (tmp_path / name).write_bytes(download(city, month, 1, name))
    told = answer("late-list", "verify", str(tmp_path / name), "--state", str(other))
    assert (told["genuine"], told["file"]) == (True, name)
