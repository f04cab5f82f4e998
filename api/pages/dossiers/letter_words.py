"""A dossier's letters, in the words of the official forms: always Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.story import DossierStory
from documents.dates import moment_text
from documents.letters.told import Apology, ControlSlip, Handover
from dossiers.reports.attribution import Part
from dossiers.reports.holdings import Holding
from dossiers.time.hours import HOUR

_TENTH = HOUR // 10
_WRITABLE = ("within", "waiting", "overdue", "late")
_DESK = "Bộ phận Một cửa"


def slip_of(story: DossierStory, say: Written, mark: str = "") -> ControlSlip:
    """``say``: in Vietnamese. Officers are named as far as the story's labels do."""
    case = story.case
    times = (
        ("Tiếp nhận", case.course.received_at),
        ("Hẹn trả kết quả", case.course.due_at),
        ("Xong", case.course.finished_at),
    )
    return ControlSlip(
        dossier=story.id,
        unit=story.names.labels.unit(case.unit),
        facts=(
            ("Mã hồ sơ", story.id),
            ("Thủ tục hành chính", story.names.labels.procedure(case.course.procedure)),
            *((name, say.moment(at)) for name, at in times if at is not None),
        ),
        handovers=tuple(_handovers(story, say)),
        verdict=story.sentence["vi"],
        as_of=f"Số liệu lúc {say.moment(story.now)}. Tính trễ theo {story.told.method}.",
        at=story.now,
        mark=mark,
    )


def can_apologise(story: DossierStory) -> bool:
    """Whether there is a reason to: it was received, has a due time, and is open or late."""
    course = story.case.course
    return (
        course.received_at is not None
        and course.due_at is not None
        and story.case.standing.verdict in _WRITABLE
    )


def apology_of(story: DossierStory, say: Written, mark: str = "") -> Apology:
    """Of a dossier of which ``can_apologise`` says so."""
    case, names = story.case, story.names.labels
    return Apology(
        dossier=story.id,
        procedure=names.procedure(case.course.procedure),
        unit=names.unit(case.unit),
        received=_moment(case.course.received_at, say),
        due=_moment(case.course.due_at, say),
        late=_late(story, say),
        finished=_moment(case.course.finished_at, say),
        at=story.now,
        mark=mark,
    )


def _late(story: DossierStory, say: Written) -> str:
    if story.case.standing.verdict not in ("overdue", "late"):
        return ""
    return f"{say.amount(story.told.late)} làm việc" if story.told.late else "0 giờ làm việc"


def _moment(at: int | None, say: Written) -> str:
    return "" if at is None else moment_text(say.calendar.local(at))


def _handovers(story: DossierStory, say: Written) -> Iterator[Handover]:
    found = story.case.attribution
    parts = {part.holding: part for part in found.parts} if found else {}
    holdings: Sequence[Holding] = story.case.holdings
    giver = _DESK
    for place, holding in enumerate(holdings):
        last = place + 1 == len(holdings)
        open_ = last and story.case.course.finished_at is None
        taker = _holder(story, holding)
        part = parts.get(holding)
        yield Handover(
            giver=giver,
            taker=taker,
            step=story.names.step(holding.step) if holding.step else "",
            taken=say.moment(holding.start),
            given="" if open_ else say.moment(holding.end),
            limit="" if part is None or part.limit is None else _hours(part.limit, say),
            used="" if part is None else _hours(part.used, say),
            result="Đang giải quyết" if open_ else _result(part),
            note=_note(part, say),
        )
        giver = taker


def _holder(story: DossierStory, holding: Holding) -> str:
    labels = story.names.labels
    officer = labels.officer(holding.officer) if holding.officer else ""
    unit = labels.unit(holding.unit) if holding.unit else ""
    return ", ".join(filter(None, (officer, unit)))


def _hours(amount: int, say: Written) -> str:
    return say.hours((amount + _TENTH // 2) // _TENTH, _TENTH)


def _result(part: Part | None) -> str:
    if part is None or part.limit is None:
        return ""
    if part.used == part.limit:
        return "Đúng hạn"
    return "Trước hạn" if part.used < part.limit else "Quá hạn"


def _note(part: Part | None, say: Written) -> str:
    if part is None:
        return ""
    said = []
    if part.inherited:
        said.append("Nhận khi đã trễ")
    if part.charge:
        said.append(f"Tính trễ {_hours(part.charge, say)} giờ làm việc")
    return "; ".join(said)
