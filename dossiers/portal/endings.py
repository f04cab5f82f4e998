"""The end of a dossier, as snapshots tell it: the first one, other ones, and that it goes on."""

from __future__ import annotations

from dossiers.portal.phases import NEW, STOPPED, Phase
from dossiers.portal.said import Said
from dossiers.portal.stopping import Stopping
from dossiers.portal.teller import Teller
from dossiers.portal.told_facts import EndRewritten, ReopenedTold, end_fact, outcome_of
from dossiers.wire.course import Ending, Outcome
from dossiers.wire.facts import Content, EndFact, Fact


class Endings:
    """``outcome``, ``at`` (ms): of the end as it was told last; "" while the dossier is open.
    ``first``: the place of the first end among the facts, and when (ms) a snapshot still said
    otherwise, if one did. ``taken_back``: the end was, by status 1."""

    def __init__(self, teller: Teller, stopping: Stopping, said: Said) -> None:
        self.outcome: Outcome = ""
        self.at = 0
        self.first: tuple[int, int] | None = None
        self.taken_back = False
        self._teller = teller
        self._stopping = stopping
        self._said = said
        self._dates: tuple[int | None, int | None] = (None, None)

    def hear(self, fact: EndFact) -> None:
        """An event that ends it."""
        if not self.outcome:
            self.outcome, self.at = outcome_of(fact), fact.occurred_at

    def go_on(self, phase: Phase, status: int) -> None:
        """A status before the end, after it: the first verdict stays."""
        teller = self._teller
        if phase == NEW:
            if self.outcome:
                self.rewrite("", None)
                teller.floor, self.taken_back = teller.now, True
            return
        teller.facts.append(ReopenedTold(*teller.head(teller.now), status))
        self.open_again(teller.now, teller.fact)
        if phase == STOPPED:
            self._stopping.ask_again()

    def open_again(self, at: int, fact: Fact) -> None:
        """From ``at`` (ms) on, as ``fact`` says."""
        self._stopping.silence(self.at, fact)
        self.outcome, self.taken_back = "", False
        self._teller.floor = max(self._teller.floor, at)

    def finish(self, ending: Ending, end: int, content: Content) -> None:
        """A snapshot of a dossier that has ended, at ``end`` (ms)."""
        teller = self._teller
        status = (content.status or 9) if ending == "finished" else 0
        if not self.outcome and not teller.floor:
            shown_at = self._said.open_after(teller.fact.source, end)
            if shown_at is not None:
                self.first = len(teller.facts), shown_at
            self.outcome, self.at = ending, end
            teller.facts.append(end_fact(teller.head(end), ending, status))
        elif self.outcome != ending:
            self.rewrite(ending, end, status)
        elif ending == "finished":
            self._redate(content, status)

    def _redate(self, content: Content, status: int) -> None:
        said, back = self._dates
        shown = content.finished_at
        if shown is None and said is None:
            shown, said = content.returned_at, back
        # A date that was blank so far may fall after the end that was assumed, not before.
        if shown is not None and (shown != said if said is not None else shown < self.at):
            self.rewrite("finished", shown, status)

    def rewrite(self, outcome: Outcome, end: int | None, status: int = 0) -> None:
        """Another end than was told before, at ``end`` (ms); without an outcome none."""
        self.outcome, self.at = outcome, self.at if end is None else end
        teller = self._teller
        teller.facts.append(EndRewritten(*teller.head(teller.now), outcome, end, status))

    def note(self, content: Content) -> None:
        """The dates that the last snapshots said."""
        said, back = self._dates
        self._dates = (content.finished_at or said, content.returned_at or back)
