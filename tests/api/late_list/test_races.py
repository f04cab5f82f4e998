"""Several processes, several people, and ends in the middle: the chain stays one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.publications.automatic import Automatic
from api.publications.earlier import listed_before
from dossiers.publication.chain import next_record, record_bytes
from dossiers.publication.editions import ChainHead
from dossiers.wire.publications import KEY as RECORD_KEY
from dossiers.wire.publications import Decided, Frozen, Reduced
from dossiers.wire.topics import PUBLICATIONS
from tests.api.late_list.publishing_city import (
    HEAD,
    LEADER,
    LIST,
    LONG_1,
    OFFICER,
    OTHER,
    REVIEWER,
    SECOND,
    TUAN_1,
    TUAN_2,
    URL,
    MadeFreezer,
    Process,
    cases,
    new_kafka,
    process,
    same_head,
)
from tests.api.late_list.test_workflow import PUBLISHED, published, submitted
from tests.support.waiting import wait_for_async

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("quick")]


async def explained(api: Process) -> None:
    await api.frozen()
    await api.done(OFFICER, "explain", cases=cases(TUAN_1, TUAN_2), reason="leave")
    await api.done(OTHER, "explain", cases=cases(LONG_1), reason="leave")


async def test_of_two_reviewers_of_one_case_the_second_is_told(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as one, process(kafka, tmp_path) as two:
        await explained(one)
        await same_head(one, two)
        seen = one.number
        decided = {"reason": "leave", "seen": seen}
        answers = await asyncio.gather(
            one.post(REVIEWER, "decide", accepted=cases(TUAN_1), request="a", **decided),
            two.post(SECOND, "decide", rejected=cases(TUAN_1), request="b", **decided),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        [told] = [answer.json() for answer in answers if answer.status_code == 409]
        assert (told["code"], told["number"]) == ("moved", seen + 1)
        await same_head(one, two)
        assert one.number == two.number == seen + 1


async def test_two_reviewers_of_different_cases_both_get_through(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as one, process(kafka, tmp_path) as two:
        await explained(one)
        await same_head(one, two)
        decided = {"reason": "leave", "seen": one.number}
        answers = await asyncio.gather(
            one.post(REVIEWER, "decide", accepted=cases(TUAN_1), request="a", **decided),
            two.post(SECOND, "decide", rejected=cases(TUAN_2), request="b", **decided),
            one.post(REVIEWER, "decide", accepted=cases(LONG_1), request="c", **decided),
        )
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        await same_head(one, two)
        states = [
            {case: state.decision for case, state in each.edition.cases.items()}
            for each in (one, two)
        ]
        assert states[0] == states[1]
        assert all(states[0].values())


async def test_a_month_is_frozen_once_whoever_asks(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as one, process(kafka, tmp_path) as two:
        answers = await asyncio.gather(
            one.post(REVIEWER, "", month=LIST, request="a"),
            two.post(SECOND, "", month=LIST, request="b"),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        [told] = [answer.json() for answer in answers if answer.status_code == 409]
        assert told["code"] == "frozen_already"
        await same_head(one, two)
        assert len(one.guarded.live.publications.state.lists[LIST].editions) == 1


async def test_of_two_that_publish_at_once_documents_are_made_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with process(new_kafka(), tmp_path) as api:
        await submitted(api)
        await api.done(LEADER, "approve")
        papers, made = api.guarded.live.publishing.papers, list[Any]()
        make = papers.published

        async def watched(*given: Any) -> Any:
            made.append(given)
            return await make(*given)

        monkeypatch.setattr(papers, "published", watched)
        answers = await asyncio.gather(
            api.post(LEADER, "publish", request="a", **PUBLISHED),
            api.post(SECOND, "publish", request="b", **PUBLISHED),
        )
        assert sorted(each.status_code for each in answers) == [200, 409]
        assert len(made) == 1


async def test_names_that_whoever_was_second_froze_are_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as one, process(kafka, tmp_path) as two:
        made: list[str] = []
        for api in (one, two):

            async def freeze(*given: Any, freezer: MadeFreezer = api.freezer, **how: Any) -> Any:
                files = await MadeFreezer.freeze(freezer, *given, **how)
                made.append(freezer.blobs.put(b"rows %d" % len(made)))
                return replace(files, rows=made[-1])

            monkeypatch.setattr(api.freezer, "freeze", freeze)
        await asyncio.gather(
            one.post(REVIEWER, "", month=LIST, request="a"),
            two.post(SECOND, "", month=LIST, request="b"),
        )
        await same_head(one, two)
        frozen, blobs = one.edition.frozen.record, one.freezer.blobs
        states = {digest: blobs.state(digest) for digest in made}
        assert states == {digest: "kept" if digest == frozen.rows else "erased" for digest in made}
        assert blobs.state(frozen.sheet) == blobs.state(frozen.secret) == "kept"


async def test_a_record_of_whoever_was_late_is_void(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as api:
        await explained(api)
        book = api.guarded.live.publications
        before = ChainHead(2, book.state.edition(LIST, 1).records[1].hash)  # type: ignore[union-attr]
        late = next_record(
            before, Decided, request="late", list=LIST, edition=1, at=1_795_402_800_000,
            written_at=1, by="reform-1", capacity="reform_office", accepted=(TUAN_1,),
            rejected=(), reason="leave",
        )  # fmt: skip
        producer = kafka.producer({"linger.ms": 0})
        for value in (record_bytes(late), b"junk", b"{" * 1_000_000):
            producer.produce(PUBLICATIONS, value, RECORD_KEY)
        assert producer.flush(10) == 0
        await wait_for_async(lambda: book.void == 3)
        assert book.state.head.number == 3
        assert api.edition.case(TUAN_1).decision is None
        await api.done(REVIEWER, "decide", accepted=cases(TUAN_1), reason="leave")


async def test_the_same_request_again_changes_nothing(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as api:
        await api.frozen()
        said = {"cases": cases(TUAN_1), "reason": "leave", "request": "mine", "seen": 1}
        first = await api.done(OFFICER, "explain", **said)
        again = await api.done(OFFICER, "explain", **said)
        assert (first["again"], again["again"]) == (False, True)
        assert again == {**first, "again": True}
        other = await api.post(OFFICER, "reply", cases=cases(TUAN_1), text="x", request="mine")
        assert (other.status_code, other.json()["code"]) == (422, "request")
        await api.done(HEAD, "explain", **{**said, "seen": api.number})  # another's is no other's
    async with process(kafka, tmp_path) as api:
        assert (await api.done(OFFICER, "explain", **said))["again"], "also after a restart"


async def test_without_kafka_nothing_is_done_and_later_it_is(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as api:
        await api.frozen()
        said = {"cases": cases(TUAN_1), "reason": "leave", "request": "mine", "seen": 1}
        kafka.refuse(PUBLICATIONS, 7)  # the request has timed out
        away = await api.post(OFFICER, "explain", **said)
        assert (away.status_code, away.json()["code"]) == (503, "away")
        assert away.headers["retry-after"]
        kafka.refuse(PUBLICATIONS, None)
        assert (await api.done(OFFICER, "explain", **said))["number"] == 2


async def test_a_process_that_starts_knows_what_others_knew(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as api:
        await published(api)
        head = api.guarded.live.publications.state.head
        shown = (await api.get(LEADER, URL)).json()
    async with process(kafka, tmp_path) as api:
        assert api.guarded.live.publications.state.head == head
        assert (await api.get(LEADER, URL)).json() == shown


@pytest.mark.parametrize("step", ["freeze", "submit", "publish", "reduce"])
async def test_an_end_between_files_and_record_leaves_nothing_named(
    tmp_path: Path, step: str
) -> None:
    """What kill -9 leaves: files are there, the record is not. The same step then is done."""
    kafka = new_kafka()
    begun: dict[str, Any] = {"freeze": None, "submit": explained, "publish": submitted}
    body: dict[str, Any] = {"freeze": {"month": LIST}, "publish": PUBLISHED}
    who = LEADER if step == "publish" else REVIEWER
    name = "" if step == "freeze" else step
    async with process(kafka, tmp_path) as api:
        before = begun.get(step, published)
        if before is not None:
            await before(api)
        if step == "submit":
            await api.done(
                REVIEWER, "decide", rejected=cases(TUAN_1, TUAN_2, LONG_1), reason="leave"
            )
        if step == "publish":
            await api.done(LEADER, "approve")
        head = api.guarded.live.publications.state.head
        kafka.refuse(PUBLICATIONS, 7)
        assert (await api.post(who, name, **body.get(step, {}))).status_code == 503
        kafka.refuse(PUBLICATIONS, None)
    async with process(kafka, tmp_path) as api:
        assert api.guarded.live.publications.state.head == head
        await api.done(who, name, **body.get(step, {}))


async def test_what_is_reduced_is_erased_even_after_an_end_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = new_kafka()
    async with process(kafka, tmp_path) as api:
        await published(api)
        edition = api.edition
        reducing = api.guarded.live.publishing.reducing
        monkeypatch.setattr(reducing, "sweep", lambda: asyncio.sleep(0))  # killed before it
        await api.done(REVIEWER, "reduce")
        record = edition.records[-1].record
        assert isinstance(record, Reduced)
        blobs = api.freezer.blobs
        assert {blobs.state(digest) for digest in record.erased} == {"kept"}
    said = edition.case(TUAN_1).explanation
    assert said is not None
    async with process(kafka, tmp_path) as api:
        assert blobs.state(said.text) == "kept"
        await api.guarded.live.publishing.reducing.sweep()
        assert blobs.state(said.text) == "erased", "what people wrote goes with the names"
        assert {blobs.state(digest) for digest in record.erased} == {"erased"}
        frozen = edition.frozen.record
        assert {frozen.rows, frozen.sheet, frozen.secret} <= set(record.erased)
        assert blobs.state(frozen.core) == blobs.state(record.core) == "kept"
        assert (await api.get(LEADER, f"{URL}/cases")).status_code == 410
        told = (await api.get(LEADER, URL)).json()
        assert (told["stage"], told["cases"]) == ("reduced", {})
        assert [each["name"] for each in told["files"]] == ["danh-sach.pdf", "danh-sach.json"]
        assert (await api.get(OFFICER, URL)).status_code == 404
        assert all(blobs.state(each["sha256"]) == "kept" for each in told["files"])


async def test_the_system_freezes_the_last_month_once(tmp_path: Path) -> None:
    kafka = new_kafka()
    async with (
        process(kafka, tmp_path, automatic=True) as one,
        process(kafka, tmp_path, automatic=True) as two,
    ):
        found: list[Automatic] = [each.guarded.live.publishing.automatic for each in (one, two)]
        assert found[0].due() == LIST
        results = await asyncio.gather(*(each.look() for each in found), return_exceptions=True)
        assert sum(result is None for result in results) >= 1
        await same_head(one, two)
        record = one.edition.frozen.record
        assert isinstance(record, Frozen)
        assert (record.by, record.capacity, record.number) == ("system", "system", 1)
        assert one.guarded.live.publications.state.head.number == 1
        assert found[0].due() == found[1].due() == ""
        assert record.explain_until < record.review_until < record.publish_until


async def test_names_are_taken_off_when_they_have_had_their_time(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path, retention_months=1) as api:
        await published(api)
        reducing = api.guarded.live.publishing.reducing
        assert reducing.due() == []
        month = 31 * 86_400_000
        reducing._now = lambda: (api.guarded.live.view.watermark or 0) + month
        await reducing.look()
        record = api.edition.records[-1].record
        assert isinstance(record, Reduced)
        assert (record.by, record.capacity) == ("system", "system")
        await reducing.look()
        assert api.edition.records[-1].record == record, "once"


async def test_what_stands_in_a_published_list_is_said_in_the_next(tmp_path: Path) -> None:
    async with process(new_kafka(), tmp_path) as api:
        live = api.guarded.live
        await published(api)
        found = await listed_before(live.publications, live.shelf, "2026-11", "")
        assert found["H99-1001"] == (LIST,)
        assert "H99-2004" not in found, "it was excluded"
        assert await listed_before(live.publications, live.shelf, LIST, "") == {}
