"""The panels above the table: what is decided, and what will not stand in the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.late_list.asking import CasesAsked, What
from api.pages.late_list.holders import MonthPicture
from api.pages.late_list.selection import count
from api.pages.late_list.wording import ListWords
from api.pages.parts.marks import Shape, Tone


@dataclass(frozen=True)
class PanelCount:
    """One line with its number, and the list of as many behind it."""

    text: str
    count: str
    href: str
    shape: Shape = ""
    tone: Tone = "neutral"
    share: float = 0.0
    kind: str = ""


@dataclass(frozen=True)
class ReviewPanels:
    """``waiting``: cases that wait; ``rows``: accepted, rejected, waiting, with their share of a
    bar. ``excluded`` of ``late`` dossiers leave the list; ``reasons``: why; ``note``: what will be
    published."""

    waiting: PanelCount
    rows: tuple[PanelCount, ...]
    excluded: PanelCount
    late: PanelCount
    reasons: tuple[PanelCount, ...]
    note: str
    unranked: str


def panels_of(list_: str, picture: MonthPicture, say: ListWords) -> ReviewPanels:
    """As decided now, of what the reader sees."""
    words, late = say.words, count(picture, "late")
    split = {kind: count(picture, kind) for kind in _KINDS}
    gone = count(picture, "excluded")
    return ReviewPanels(
        waiting=_link(words("late_waiting_word"), split["waiting"], "waiting", list_, say),
        rows=tuple(_row(kind, n, sum(split.values()), list_, say) for kind, n in split.items()),
        excluded=_link("", gone, "excluded", list_, say),
        late=_link(words("late_of_late", n=say.number(late)), late, "late", list_, say),
        reasons=tuple(_reasons(list_, picture, say)),
        note=_note(picture, late, gone, say),
        unranked=_unranked(picture, say),
    )


def _link(text: str, n: int, what: What, list_: str, say: ListWords) -> PanelCount:
    return PanelCount(text, say.number(n), CasesAsked(what).url(list_))


_KINDS: tuple[What, ...] = ("accepted", "rejected", "waiting")
_SIGNS: dict[str, tuple[Shape, Tone]] = {
    "accepted": ("done", "fresh"),
    "rejected": ("lost", "neutral"),
    "waiting": ("ring", "neutral"),
}


def _row(kind: What, n: int, all_: int, list_: str, say: ListWords) -> PanelCount:
    shape, tone = _SIGNS[kind]
    return PanelCount(
        say.words(f"late_{kind}"), say.number(n), CasesAsked(kind).url(list_), shape, tone,
        100 * n / all_ if all_ else 0.0, kind,
    )  # fmt: skip


def _reasons(list_: str, picture: MonthPicture, say: ListWords) -> Iterator[PanelCount]:
    kinds: tuple[tuple[What, str], ...] = (
        ("excluded", "late_gone"), ("relieved", "late_gone_holder"), ("repeated", "late_repeated"),
    )  # fmt: skip
    for what, key in kinds:
        found = count(picture, what)
        if found or what != "repeated":
            yield _link(say.words(key), found, what, list_, say)


def _note(picture: MonthPicture, late: int, gone: int, say: ListWords) -> str:
    may_go = {
        case.line.dossier
        for case in picture.cases
        if case.talk.waits and say.relief(case.talk.reason) == "unit"
    }
    may_go -= picture.gone
    now = late - gone
    if not may_go:
        return say.words("late_will_publish", n=say.number(now))
    return say.words(
        "late_will_publish_least", n=say.number(now), least=say.number(now - len(may_go)),
        waiting=say.number(len(may_go)),
    )  # fmt: skip


def _unranked(picture: MonthPicture, say: ListWords) -> str:
    least = picture.core.thresholds.officer_from
    few = sum(each.line is not None and each.line.counts.total < least for each in picture.officers)
    return say.words("late_unranked", n=say.number(few), least=least) if few else ""
