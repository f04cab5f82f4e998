"""Who held the dossier, for how long, and what of the lateness is whose: picture and table are one
row a holding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.axis import Axis
from api.pages.dossiers.bars import HoldingBar, PlacedSegment, in_line, placed
from api.pages.dossiers.ledger import Ledger, LedgerLine, ledger_of
from api.pages.dossiers.story import DossierStory
from dossiers.time.hours import HOUR

_WORDS_IN = 9.0  # percent of the width that an amount within a bar needs
_TENTH = HOUR // 10


@dataclass(frozen=True)
class Piece:
    """A segment as it is drawn, in percent. ``text``: within it, "" if there is no room. ``cut``:
    it goes on beyond the picture."""

    kind: str
    x: float
    width: float
    text: str
    cut: bool


@dataclass(frozen=True)
class Amounts:
    """The cells of a row, as written. ``made_up``: what is written under ``arising`` was made up;
    ``late``: it is charged."""

    limit: str
    used: str
    slack: str = ""
    arising: str = ""
    made_up: bool = False
    charge: str = ""
    late: bool = False


@dataclass(frozen=True)
class HolderRow:
    """One row. ``kind``: of a LedgerLine, or "apart" for what was held before the limit began anew.
    ``who``: an officer, the unit's inbox, or what else the line is about; ``href``: the officer's
    page, "" if the reader may not open it; ``aside``: what else has to be known of it; ``line``:
    its bar by itself, for narrow screens."""

    kind: str
    who: str
    amounts: Amounts
    href: str = ""
    step: str = ""
    unit: str = ""
    aside: str = ""
    span: str = ""
    pieces: tuple[Piece, ...] = ()
    line: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Holders:
    """``total``: None where nothing is added up. ``note``: by what the hours were split."""

    rows: tuple[HolderRow, ...]
    total: HolderRow | None
    note: str


@dataclass(frozen=True)
class RowMaker:
    """Makes the rows of one dossier. ``href``: of an officer's page, by id; ``longest``: working ms
    of the longest bar."""

    story: DossierStory
    axis: Axis
    say: Written
    href: Callable[[str], str]
    ledger: Ledger | None
    longest: int

    def holding(self, bar: HoldingBar, line: LedgerLine | None) -> HolderRow:
        """The row of one bar; ``line``: None if it is not in the table of hours."""
        holding, names, words = bar.holding, self.story.names, self.say.words
        officer = names.labels.officer(holding.officer) if holding.officer else ""
        return HolderRow(
            kind="apart" if line is None else line.kind,
            who=officer or words("officer_hidden" if holding.officer else "inbox"),
            amounts=self._running(bar) if line is None else self.amounts(line),
            href=self.href(holding.officer) if holding.officer else "",
            step=names.step(holding.step) if holding.step else "",
            unit=names.labels.unit(holding.unit) if holding.unit else "",
            aside=self._aside(bar),
            span=self.say.span(holding.start, holding.end),
            pieces=self._pieces(placed(bar.segments, self.axis)),
            line=self._pieces(in_line(bar, self.longest)),
        )

    def nobodys(self, line: LedgerLine) -> HolderRow:
        """A line that nobody held: slack at the start, a due time before the reception, steps that
        were not taken."""
        key: str = line.kind
        if key == "surplus" and self.story.told.basis == "no_step_data":
            key = "whole"
        elif key == "skipped" and self.story.case.course.finished_at is None:
            key = "to_come"
        return HolderRow(line.kind, self.say.words(f"line_{key}"), self.amounts(line))

    def amounts(self, line: LedgerLine, *, total: bool = False) -> Amounts:
        """The cells of a line of the ledger."""
        say, unit = self.say, _TENTH if self.ledger is None else self.ledger.unit
        late = line.charge > 0
        return Amounts(
            limit="–" if line.limit is None else say.hours(line.limit, unit),
            used=say.hours(line.used, unit),
            slack=say.hours(line.slack, unit, signed=True),
            arising=say.hours(line.arising, unit, signed=True),
            made_up=line.arising < 0 and not total,
            charge=say.amount(line.charge) if late else "0",
            late=late,
        )

    def _running(self, bar: HoldingBar) -> Amounts:
        running = sum(s.amount for s in bar.segments if s.kind == "apart")
        return Amounts("–", self.say.hours(round(running / _TENTH), _TENTH))

    def _aside(self, bar: HoldingBar) -> str:
        words = self.say.words
        if bar.part is None:
            return "" if self.story.case.course.restarted_at is None else words("held_apart")
        if bar.part.inherited:
            return words("held_inherited", amount=self.say.amount(bar.part.inherited))
        return ""

    def _pieces(self, segments: Sequence[PlacedSegment]) -> tuple[Piece, ...]:
        return tuple(
            Piece(s.kind, round(s.x, 3), round(max(s.width, 0.25), 3), self._inside(s), s.cut)
            for s in segments
            if s.amount or s.kind in ("within", "apart")
        )

    def _inside(self, segment: PlacedSegment) -> str:
        if segment.kind not in ("over", "stopped") or segment.width < _WORDS_IN:
            return ""
        unit = _TENTH if self.ledger is None else self.ledger.unit
        hours = self.say.hours(round(segment.amount / unit), unit)
        return self.say.words(f"bar_{segment.kind}", hours=hours)


def holders_of(
    story: DossierStory,
    bars: Sequence[HoldingBar],
    axis: Axis,
    say: Written,
    href: Callable[[str], str],
) -> Holders:
    """``href``: of an officer's page, by id."""
    found = story.case.attribution
    ledger = None if found is None else ledger_of(found)
    longest = max((bar.length for bar in bars), default=0)
    make = RowMaker(story, axis, say, href, ledger, longest)
    lines = iter(ledger.holdings if ledger is not None else ())
    rows = [make.holding(bar, next(lines) if bar.part is not None else None) for bar in bars]
    if ledger is None or found is None:
        return Holders(tuple(rows), None, "")
    before = [make.nobodys(line) for line in ledger.lines if line.kind in ("surplus", "unassigned")]
    after = [make.nobodys(line) for line in ledger.lines if line.kind == "skipped"]
    total = HolderRow("total", say.words("total"), make.amounts(ledger.total, total=True))
    return Holders((*before, *rows, *after), total, say.words(f"basis_{found.basis}"))
