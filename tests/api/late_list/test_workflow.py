"""From the freeze to what is public, and who does what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dossiers.wire.publications import Case, Frozen, Published, Signed
from tests.api.late_list.publishing_city import (
    ADMIN,
    HEAD,
    HEAD_LAND,
    LEADER,
    LIST,
    LONG_1,
    OF_LAND,
    OFFICER,
    OTHER,
    REVIEWER,
    SECOND,
    TUAN_1,
    TUAN_2,
    URL,
    Process,
    cases,
    new_kafka,
    process,
)
from tests.api.late_list.test_attaching import pdf, picture

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("quick")]
PUBLISHED = {"document_no": "12/TB-VP", "dated": "2026-11-24"}


async def explained(api: Process) -> None:
    await api.frozen()
    await api.done(OFFICER, "explain", cases=cases(TUAN_1), reason="leave", text="Nghỉ phép.")
    await api.done(HEAD_LAND, "explain", cases=cases(OF_LAND), reason="other_agency")


async def submitted(api: Process) -> None:
    await explained(api)
    await api.done(REVIEWER, "decide", accepted=cases(TUAN_1), reason="leave", text="Có đơn.")
    await api.done(REVIEWER, "decide", accepted=cases(OF_LAND), reason="other_agency")
    await api.done(REVIEWER, "submit")


async def published(api: Process) -> None:
    await submitted(api)
    await api.done(LEADER, "approve")
    await api.done(LEADER, "publish", **PUBLISHED)


async def test_a_month_goes_from_freeze_to_publication(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await published(api)
        edition = api.edition
        record = edition.published.record if edition.published else None
        assert isinstance(record, Published)
        assert (record.by, record.capacity, record.document_no) == (
            "leader-1",
            "leader",
            "12/TB-VP",
        )
        approved, submitted_ = edition.approved, edition.submitted
        assert approved is not None
        assert submitted_ is not None
        live = api.guarded.live
        core = await live.shelf.core(submitted_.record.core)
        frozen = await live.shelf.core(edition.frozen.record.core)
        assert core is not None
        assert frozen is not None
        assert frozen.whole.late - core.whole.excluded == core.whole.late == 11
        content = await live.shelf.content(record.files[0].sha256)
        assert content is not None
        number = approved.record.number
        assert f" {submitted_.record.core} {number} 12/TB-VP".encode() in content
        signed = await signed_by(api, LEADER, content + b"\nsignature")
        assert signed.status_code == 200
        assert isinstance(edition.records[-1].record, Signed)
        other = await signed_by(api, LEADER, b"x" + content + b"\n signed")
        assert (other.status_code, other.json()["code"]) == (422, "not_this_one")
        told = (await api.get(LEADER, URL)).json()
        assert (told["stage"], told["number"], told["late"]) == ("published", 9, 12)
        assert [file["name"] for file in told["files"]] == ["danh-sach.pdf", "danh-sach.json"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"document_no": "/TB-VP"}, "document_no"),
        ({"dated": "2026-02-30"}, "dated"),
        ({"signer": "Lê\u0007Văn"}, "text_unprintable"),
    ],
)
async def test_what_no_document_has_is_refused_before_any_is_made(
    tmp_path: Path, typed: dict[str, str], code: str
) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await submitted(api)
        await api.done(LEADER, "approve")
        answer = await api.post(LEADER, "publish", **{**PUBLISHED, **typed})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def signed_by(api: Process, who: Any, content: bytes) -> Any:
    async with api.client(who) as http:
        seen = api.number
        query = f"request=sign{len(content)}&of=danh-sach.pdf&seen={seen}"
        return await http.post(f"{URL}/sign?{query}", content=content)


async def test_a_correction_cites_what_it_corrects_and_goes_the_same_way(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await published(api)
        first = api.edition
        assert first.published is not None
        assert (await api.post(REVIEWER, "correct", text=" ")).status_code == 422
        await api.done(REVIEWER, "correct", text="Sai số liệu.")
        again = api.edition.frozen.record
        assert isinstance(again, Frozen)
        assert (again.edition, again.cites) == (2, first.published.hash)
        assert await api.guarded.live.shelf.text(again.reason) == "Sai số liệu."
        await api.done(REVIEWER, "submit")
        await api.done(LEADER, "approve")
        await api.done(LEADER, "publish", **PUBLISHED)
        assert api.edition.published is not None
        november = await api.post(REVIEWER, "", month="2026-11")
        assert (november.status_code, november.json()["code"]) == (409, "month_not_over")


async def test_who_did_one_part_does_no_other(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await submitted(api)
        for who, step, code in (
            (REVIEWER, "approve", "has_reviewed"),
            (ADMIN, "approve", None),
            (OFFICER, "approve", None),
        ):
            answer = await api.post(who, step)
            assert (answer.status_code, answer.json().get("code")) == (403, code)
        await api.done(SECOND, "approve")
        barred = await api.post(REVIEWER, "publish", **PUBLISHED)
        assert (barred.status_code, barred.json()["code"]) == (403, "has_reviewed")
        offered = {
            name: (await api.get(who, URL)).json()["offered"]
            for name, who in (("leader", LEADER), ("reviewer", REVIEWER), ("admin", ADMIN))
        }
        assert offered == {"leader": ["return", "publish"], "reviewer": [], "admin": []}


async def test_nobody_speaks_for_what_is_not_theirs(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await api.frozen()
        for who, case in (
            (OFFICER, LONG_1),
            (HEAD, OF_LAND),
            (HEAD_LAND, TUAN_1),
            (OFFICER, Case("H99-9999", "H99.XD", "cb-tuan")),
        ):
            answer = await api.post(who, "explain", cases=cases(case), reason="leave")
            assert (answer.status_code, answer.json()["code"]) == (403, "not_yours"), case
        await api.done(HEAD, "explain", cases=cases(TUAN_1, LONG_1), reason="leave")
        record = api.edition.records[-1].record
        assert (record.by, record.capacity) == ("head-xd", "supervisor")
        assert (await api.get(person_without_cases(), URL)).status_code == 404


def person_without_cases() -> Any:
    return HEAD.__class__("x", frozenset({"officer"}), "session", (), "nobody-here")


async def test_everybody_sees_their_part_and_no_more(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await explained(api)
        for who, count, own in ((OFFICER, 4, "cb-tuan"), (HEAD_LAND, 8, ""), (LEADER, 24, "")):
            page = (await api.get(who, f"{URL}/cases?limit=200")).json()
            shown = [(each["unit"], each["officer"]) for each in page["cases"]]
            assert page["count"] == len(shown) == count
            assert all(officer == own for _, officer in shown) or not own
            assert who is not HEAD_LAND or {unit for unit, _ in shown} == {"H99.DD"}
            told = (await api.get(who, URL)).json()
            assert (told["total"] is None) == (who is not LEADER)
            assert told["cases"]["all"] == count
            [listed] = (await api.get(who, "/api/v1/publications")).json()["lists"]
            counts = {} if who is LEADER else {"all": count}
            assert (listed["id"], listed["cases"]) == (LIST, counts)
        mine = (await api.get(OFFICER, f"{URL}/cases?show=explained")).json()
        [case] = mine["cases"]
        assert case["explanation"]["text"] == "Nghỉ phép."
        assert case["officer_name"] == "Nguyễn Minh Tuấn"
        assert "Long" not in str(mine)
        nobody = (await api.get(person_without_cases(), "/api/v1/publications")).json()
        assert nobody == {"lists": []}
        first = (await api.get(LEADER, f"{URL}/cases?limit=15")).json()
        rest = (await api.get(LEADER, f"{URL}/cases?limit=15&cursor={first['next']}")).json()
        assert (len(first["cases"]), len(rest["cases"]), rest["next"]) == (15, 9, None)


async def test_files_are_for_those_who_see_the_case(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await api.frozen()
        async with api.client(OFFICER) as http:
            sent = await http.post("/api/v1/publications/files", content=picture("PNG"))
            bad = await http.post("/api/v1/publications/files", content=pdf()[:-40])
        assert (bad.status_code, bad.json()["code"]) == (422, "file_damaged")
        file = sent.json()
        said = {"cases": cases(TUAN_1), "reason": "leave"}
        stolen = await api.post(OTHER, "explain", **{**said, "cases": cases(LONG_1)}, files=[file])
        assert (stolen.status_code, stolen.json()["code"]) == (422, "file_unknown")
        await api.done(OFFICER, "explain", **said, files=[file])
        path = f"/api/v1/publications/files/{file['sha256']}"
        for who, status in ((OFFICER, 200), (HEAD, 200), (REVIEWER, 200), (OTHER, 404)):
            answer = await api.get(who, path)
            assert answer.status_code == status
        assert (await api.get(HEAD_LAND, path)).status_code == 404
        found = await api.get(HEAD, path)
        assert found.headers["content-disposition"].startswith("attachment;")
        assert found.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in found.headers["content-security-policy"]
        rows = api.edition.frozen.record.rows
        assert (await api.get(LEADER, f"/api/v1/publications/files/{rows}")).status_code == 404


async def test_the_effect_of_a_decision_is_told_before_it_is_made(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await explained(api)
        before = api.number
        body = {"accepted": cases(TUAN_1), "reason": "leave"}
        async with api.client(REVIEWER) as http:
            found = (await http.post(f"{URL}/effect", json=body)).json()["effects"]
            refused = await http.post(f"{URL}/effect", json={**body, "reason": "workload"})
        assert (refused.status_code, refused.json()["code"]) == (422, "reason_relieves_nobody")
        tuan = next(each for each in found if each["officer"] == "cb-tuan")
        assert (tuan["total"], tuan["before"], tuan["after"]) == (86, 4, 3)
        assert (tuan["rate_before"], tuan["rate_after"]) == ("4.7", "3.5")
        unit = next(each for each in found if (each["unit"], each["officer"]) == ("H99.XD", ""))
        assert unit["before"] == unit["after"]
        assert api.number == before


async def test_texts_name_no_citizen_and_nothing_is_said_twice_too_long(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await api.frozen()
        said = {"cases": cases(TUAN_2), "reason": "leave"}
        answer = await api.post(OFFICER, "explain", **said, text="Gọi 0912 345 678")
        assert (answer.status_code, answer.json()["code"]) == (422, "text_personal")
        assert (await api.post(OFFICER, "explain", **said, text="x" * 4_001)).status_code == 422
        late = await api.post(OFFICER, "explain", cases=cases(TUAN_2), reason="no_such_reason")
        assert (late.status_code, late.json()["code"]) == (422, "reason")
        assert api.number == 1


async def test_of_a_replay_nothing_is_written(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path, mode="replay") as api:
        answer = await api.post(REVIEWER, "", month=LIST)
        assert (answer.status_code, answer.json()["code"]) == (409, "read_only")
        assert not api.freezer.asked
