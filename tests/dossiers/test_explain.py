"""An explanation says how a verdict came about, and its parts add up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.reference.context import Context
from dossiers.reports.explain import Explanation, explain
from dossiers.reports.wording import in_english, in_vietnamese, sentences, shown
from dossiers.time.hours import HOUR, MINUTE
from dossiers.wire.events import AnyDossierEvent
from dossiers.wire.facts import Limit
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import Procedure, Reference, Step
from tests.dossiers.stories import OFFICE, RESTART, events
from tests.dossiers.test_attribution import HANOI, STORY, at, fact

STEPS = (
    Step(id="reception", name="tiếp nhận", hours=4),
    Step(id="appraisal", name="thẩm định", hours=24),
    Step(id="signature", name="ký", hours=8),
    Step(id="return", name="trả kết quả", hours=4),
)
CONTEXT = Context(
    Reference(
        procedures=(Procedure(id="P", name="P", limit=Limit(5, "working_days"), steps=STEPS),)
    )
)
LABELS = {step.id: step.name for step in STEPS}


def local(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=HANOI) + timedelta(hours=7, milliseconds=ms)


def said(found: Explanation) -> dict[str, str]:
    return sentences(found, lambda name: LABELS.get(name, name), local)


RECEIVED = fact(at(2, "08:30"), "received", unit="U", officer="A", step="reception", procedure="P")


def test_a_late_dossier_in_one_sentence_and_in_full() -> None:
    found = explain("D", [RECEIVED, *STORY[1:]], at(20, "08:00"), CONTEXT)
    assert (found.verdict, found.late, found.waited) == ("late", 12.5 * HOUR, 8 * HOUR)
    assert said(found) == {
        "vi": "Trễ 12 giờ 30 phút làm việc: bước thẩm định dùng 42 giờ 30 phút trên 24 giờ quy "
        "định (B 9 giờ 23 phút, D 3 giờ 7 phút), sau khi trừ 5 giờ 30 phút các bước khác làm nhanh "
        "hơn; đã trừ 8 giờ chờ công dân.",
        "en": "12 h 30 min of working time late: thẩm định took 42 h 30 min of its 24 h (B 9 h 23 "
        "min, D 3 h 7 min), after 5 h 30 min made up by other holders; 8 h waiting for the citizen "
        "are not counted.",
    }
    assert [(change.rule, change.due_at) for change in found.dues] == [
        ("limit", at(9, "08:30")),
        ("stop", at(10, "08:30")),
    ]
    assert [step.code for step in found.dues[0].steps] == ["received", "working_days"]
    assert [moment.clock for moment in found.moments] == [
        "running", "running", "stopped", "running", "running", "running", "running", "ended",
    ]  # fmt: skip
    assert found.moments[-1].worked == 52.5 * HOUR


def test_a_stopped_dossier_shows_what_is_left_and_no_due_time() -> None:
    found = explain("D", [RECEIVED, *STORY[1:3]], at(20, "08:00"), CONTEXT)
    assert found.verdict == "waiting"
    assert found.left == 40 * HOUR - 17 * HOUR
    assert said(found)["vi"] == "Đang dừng, còn 23 giờ làm việc."
    assert "due" not in said(found)["en"]


def test_an_open_dossier_is_charged_up_to_now() -> None:
    early, later = (explain("D", [RECEIVED], at(day, "10:30"), CONTEXT) for day in (9, 10))
    assert (early.late, later.late) == (2 * HOUR, 10 * HOUR)
    assert said(later)["vi"] == (
        "Đang trễ 10 giờ làm việc: bước tiếp nhận dùng 50 giờ trên 4 giờ quy định (A 10 giờ); đã "
        "trừ 36 giờ quy định cho các bước chưa làm."
    )
    assert later.shares[0].charge == later.late


def test_late_without_any_working_time_says_so_and_charges_nobody() -> None:
    facts = [fact(at(2, "08:30"), "received", unit="U", officer="A", due_at=at(6, "17:00"))]
    open_ = explain("D", facts, at(7, "12:00"), CONTEXT)
    ended = explain("D", [*facts, fact(at(6, "17:20"), "finished")], at(9, "08:00"), CONTEXT)
    assert (open_.verdict, open_.late, ended.verdict, ended.late) == ("overdue", 0, "late", 0)
    assert said(open_)["en"].startswith("Late so far, due 2026-11-06 17:00, with no working time")
    assert said(ended)["vi"] == (
        "Trễ, hẹn trả 17:00 06/11/2026; chưa có giờ làm việc nào trôi qua kể từ lúc quá hạn, không "
        "tính cho ai."
    )


def test_without_step_data_each_holder_is_named_once() -> None:
    facts = [
        fact(at(2, "08:30"), "received", unit="U", officer="A", due_at=at(3, "08:30")),
        fact(at(4, "08:30"), officer="B"),
        fact(at(5, "08:30"), officer="A"),
        fact(at(6, "08:30"), "finished"),
    ]
    assert said(explain("D", facts, at(9, "08:00"), CONTEXT))["vi"] == (
        "Trễ 24 giờ làm việc: A 16 giờ, B 8 giờ; không có dữ liệu từng bước, tính cho người giữ "
        "hồ sơ từ lúc quá hạn."
    )


def test_a_changed_due_time_is_listed_as_a_rewrite_when_it_came_too_late() -> None:
    facts = [
        RECEIVED,
        fact(at(5, "09:00"), "due_set", due_at=at(12, "17:00"), reason="extension"),
        fact(at(13, "09:00"), "due_set", due_at=at(20, "17:00"), reason="extension"),
    ]
    found = explain("D", facts, at(14, "08:00"), CONTEXT)
    assert [(c.rule, c.was, c.rewrite) for c in found.dues[1:]] == [
        ("extension", at(9, "08:30"), False),
        ("extension", at(12, "17:00"), True),
    ]


@pytest.mark.parametrize(
    ("kind", "start"),
    [("refused", "Không được tiếp nhận"), ("withdrawn", "Công dân rút hồ sơ")],
)
def test_what_stands_outside_says_so(kind: str, start: str) -> None:
    facts = [RECEIVED, fact(at(3, "09:00"), kind)]
    assert said(explain("D", facts, at(5, "08:00"), CONTEXT))["vi"].startswith(start)


def test_amounts_in_words() -> None:
    assert (in_vietnamese(0), in_english(90 * 60_000)) == ("0 phút", "1 h 30 min")
    assert in_vietnamese(1) == "1 phút", "not nothing"


@given(events(dossiers=1), st.sampled_from([OFFICE, RESTART]))
def test_the_parts_of_every_dossier_add_up(
    history: list[AnyDossierEvent], context: Context
) -> None:
    facts = sorted(map(fact_of, history), key=fact_order)
    now = facts[-1].occurred_at + 30 * HOUR
    found = explain("D", facts, now, context)
    assert sum(share.charge for share in found.shares) + found.unassigned == found.late
    if found.verdict in ("early", "on_time", "within", "waiting"):
        assert found.late == 0
    if counting := [due for due in found.dues if due.counts]:
        assert counting[-1].due_at == found.due_at
    assert [m.event_id for m in found.moments] == [f.event_id for f in facts]
    assert all(said(found).values())


def test_without_step_data_the_english_sentence_says_how_late_and_whose_too() -> None:
    facts = [
        fact(at(2, "08:30"), "received", unit="U", officer="A", due_at=at(3, "08:30")),
        fact(at(4, "08:30"), "finished"),
    ]
    assert said(explain("D", facts, at(9, "08:00"), CONTEXT))["en"] == (
        "8 h of working time late: A 8 h; there is no step data, so who held it after the breach "
        "is charged."
    )


def test_a_minute_of_rounding_goes_to_the_part_that_lacks_least_of_one() -> None:
    assert shown([5 * MINUTE + 12_000, MINUTE + 54_000]) == [5 * MINUTE, 2 * MINUTE]


def test_what_was_gone_before_the_reception_is_told_beside_the_whole() -> None:
    facts = [
        fact(at(3, "08:30"), "received", unit="U", officer="A", due_at=at(2, "08:30")),
        fact(at(3, "10:30"), "finished"),
    ]
    text = said(explain("D", facts, at(9, "08:00"), CONTEXT))
    assert text["en"].startswith("10 h of working time late")
    assert "; 8 h were gone before it was received" in text["en"]
    assert "; 8 giờ đã hết hạn từ trước khi tiếp nhận" in text["vi"]


def test_what_was_taken_back_is_shown_as_such_and_nothing_else() -> None:
    facts = [
        RECEIVED,
        fact(at(3, "09:00"), officer="B", step="appraisal"),
        fact(at(3, "10:00"), "voided", target=f"progressed-{at(3, '09:00')}"),
    ]
    found = explain("D", facts, at(4, "08:00"), CONTEXT)
    marked = {m.at: m.taken_back for m in found.moments if m.kind != "voided"}
    assert marked == {RECEIVED.occurred_at: False, at(3, "09:00"): True}
    assert found.moments[0].worked == 0
