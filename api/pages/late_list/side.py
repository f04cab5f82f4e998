"""One who is charged, beside the table: what was said, about which dossiers, and what to do."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Literal

from api.pages.dossiers.access import dossier_page
from api.pages.late_list.asking import CasesAsked, ReviewAsked, list_page
from api.pages.late_list.effect_lines import EffectLine, effect_lines
from api.pages.late_list.holders import CaseHolder, ChargedCase
from api.pages.late_list.remarks import ListRemark, remarks_of
from api.pages.late_list.table import PAGE
from api.pages.late_list.typed import NOTHING_TYPED, TypedStep
from api.pages.late_list.wording import ListWords
from api.pages.parts.controls import Choice
from api.pages.parts.marks import Link
from dossiers.publication.effects import Effect
from dossiers.publication.reasons import CODES

MOST_SHOWN = 200  # cases of one holder on a page
Role = Literal["decide", "explain", "read"]  # what the reader can do here


@dataclass(frozen=True)
class SideCase:
    """A dossier of the holder. ``own``, ``whole``: hours of the holder, and of the dossier, with
    their share of the longest (0..100); ``chosen``: whether its box is set."""

    dossier: str
    href: str
    own: str
    whole: str
    own_width: float
    whole_width: float
    state: str
    decided: Literal["", "accepted", "rejected"]
    chosen: bool
    open: bool


@dataclass(frozen=True)
class SidePanel:
    """``cases``: those with an explanation (to decide) or all (to explain); ``other``: a way to
    those that are not among them. ``before``, ``after``: the neighbours in the table. ``why``: why
    nothing can be done; ``deadline``: until when to explain; ``draft``: what was said about an
    alert of these."""

    title: str
    sub: str
    place: str
    before: str
    after: str
    close: str
    role: Role
    why: str
    deadline: str
    remarks: tuple[ListRemark, ...]
    cases: tuple[SideCase, ...]
    own_sum: str
    whole_sum: str
    other: Link | None
    effect_title: str
    effects: tuple[EffectLine, ...]
    reasons: tuple[Choice, ...]
    typed: TypedStep
    problem: str
    draft: str
    unit: str
    officer: str
    path: str
    back: str
    request: str
    seen: int
    reply_only: bool


@dataclass(frozen=True)
class SideAsked:
    """``shown``: the table's order; ``typed``: what was sent and is not done yet; ``reply_only``:
    nothing is explained any more, a word about it is taken."""

    list: str
    asked: ReviewAsked
    shown: tuple[CaseHolder, ...]
    role: Role
    why: str
    deadline: str
    seen: int
    typed: TypedStep = NOTHING_TYPED
    draft: str = ""
    reply_only: bool = False


def shown_cases(holder: CaseHolder, role: Role) -> tuple[ChargedCase, ...]:
    """To decide: what was explained; else all."""
    return (holder.explained if role == "decide" else holder.cases)[:MOST_SHOWN]


@dataclass(frozen=True)
class CaseChoice:
    """What is decided about ``cases``: those in ``picks`` are accepted by ``reason``."""

    cases: tuple[ChargedCase, ...]
    picks: Set[str]
    reason: str


def choice_of(holder: CaseHolder, role: Role, typed: TypedStep) -> CaseChoice:
    """As typed, else as decided before."""
    cases = shown_cases(holder, role)
    return CaseChoice(cases, _picks(cases, typed), typed.reason or _reason(cases))


def side_of(
    holder: CaseHolder, about: SideAsked, effect: Effect | None, say: ListWords
) -> SidePanel:
    """Beside the table. ``effect``: of what is chosen, for whoever decides."""
    asked, list_, typed = about.asked, about.list, about.typed
    choice = choice_of(holder, about.role, typed)
    cases, picks, reason = choice.cases, choice.picks, choice.reason
    place = next((n for n, each in enumerate(about.shown) if each is holder), -1)
    last = len(about.shown) - 1
    return SidePanel(
        title=say.officer(holder.officer) if holder.officer else say.unit(holder.unit),
        sub=_sub(holder, say),
        place=say.words("late_place", n=place + 1, all=last + 1) if place >= 0 else "",
        before=_neighbour(about, place - 1) if place > 0 else "",
        after=_neighbour(about, place + 1) if 0 <= place < last else "",
        close=asked.url(list_, officer="", of="", first=asked.first),
        role=about.role,
        why=about.why,
        deadline=about.deadline,
        remarks=tuple(remarks_of(holder.cases, say)),
        cases=tuple(case_rows(cases, picks, say)),
        own_sum=say.hours(sum(case.amount for case in cases)),
        whole_sum=say.hours(sum(case.line.late for case in cases)),
        other=_other(list_, holder, len(holder.cases) - len(cases), say),
        effect_title=say.words(
            "late_if_accepted", n=sum(case.line.dossier in picks for case in cases)
        ),
        effects=tuple(effect_lines(effect, holder, say)) if effect is not None else (),
        reasons=reason_choices_of(reason, about.role, holder, say),
        typed=typed,
        problem=typed.problem,
        draft=about.draft,
        unit=holder.unit,
        officer=holder.officer,
        path=list_page(list_),
        back=asked.url(list_, first=asked.first),
        request=secrets.token_hex(16),
        seen=about.seen,
        reply_only=about.reply_only,
    )


def _sub(holder: CaseHolder, say: ListWords) -> str:
    if not holder.officer:
        return say.words("late_unit_cases")
    return ", ".join(filter(None, (say.position(holder.officer), say.unit(holder.unit))))


def _picks(cases: Iterable[ChargedCase], typed: TypedStep) -> Set[str]:
    if typed.sent:
        return set(typed.picks)
    return {case.line.dossier for case in cases if case.talk.verdict == "accepted"}


def _reason(cases: tuple[ChargedCase, ...]) -> str:
    """The code that was decided by, else that was given."""
    decided = next((case.talk.decided_reason for case in cases if case.talk.decided_reason), "")
    return decided or next((case.talk.reason for case in cases if case.talk.reason), "")


def reason_choices_of(
    code: str, role: Role, holder: CaseHolder, say: ListWords
) -> tuple[Choice, ...]:
    """To accept by: what relieves somebody; to explain by: all that fit who is charged."""
    return tuple(
        Choice(each, say.reason(each), each == code)
        for each in CODES
        if (role != "decide" or say.relief(each))
        and (holder.officer or say.relief(each) != "holder")
    )


def _neighbour(about: SideAsked, place: int) -> str:
    each, asked = about.shown[place], about.asked
    first = place // PAGE * PAGE + 1
    return asked.url(about.list, of=each.unit, officer=each.officer, first=first)


def _other(list_: str, holder: CaseHolder, other: int, say: ListWords) -> Link | None:
    if other <= 0:
        return None
    href = CasesAsked("late", holder.unit, holder.officer).url(list_)
    return Link(say.words("late_other_cases", n=say.number(other)), href)


def case_rows(cases: Iterable[ChargedCase], picks: Set[str], say: ListWords) -> Iterable[SideCase]:
    """The dossiers of somebody, with bars on one scale."""
    shown = list(cases)
    longest = max((case.line.late for case in shown), default=0) or 1
    for case in shown:
        own, whole = case.amount, case.line.late
        yield SideCase(
            dossier=case.line.dossier,
            href=dossier_page(case.line.dossier),
            own=say.hours(own),
            whole=say.hours(whole),
            own_width=round(100 * own / longest, 1),
            whole_width=round(100 * (whole - own) / longest, 1),
            state=_state(case, say),
            decided=case.talk.verdict,
            chosen=case.line.dossier in picks,
            open=case.line.finished_at is None,
        )


def _state(case: ChargedCase, say: ListWords) -> str:
    talk = case.talk
    if talk.verdict:
        return say.words(f"late_{talk.verdict}")
    if talk.unanswered:
        return say.words("late_asked_back")
    return say.words("late_waiting") if talk.explained else ""
