"""Submission and reception as snapshots tell them: each once, and what was said otherwise later."""

from __future__ import annotations

from dossiers.portal.phases import ENDS, NEW, RUNNING, STOPPED, UNCLEAR, Phase
from dossiers.portal.teller import Teller
from dossiers.portal.told_facts import ReceptionRewritten
from dossiers.wire.facts import Content, SubmittedFact


class Receptions:
    """``submitted``, ``received``: whether that was told. ``accepted``: the last NgayTiepNhan (ms)
    that a snapshot said, None before the first."""

    def __init__(self, teller: Teller) -> None:
        self.submitted = False
        self.received = False
        self.accepted: int | None = None
        self._teller = teller
        self._procedure = ""  # the last MaTTHC

    def submit(self, content: Content, phase: Phase, end: int) -> None:
        """At NgayNopHoSo, of dossiers sent online. ``end`` (ms): where it has ended."""
        at = None if self.submitted else self._submitted_at(content, phase, end)
        if at is not None:
            self.submitted = True
            teller = self._teller
            teller.facts.append(SubmittedFact(*teller.head(at), content.procedure))

    def _submitted_at(self, content: Content, phase: Phase, end: int) -> int | None:
        at, online = content.submitted_at, content.channel == 2
        if self.received and at is None:
            return None  # it is back at status 1, not new
        ended = phase in ENDS
        if phase == NEW or (ended and not _accepts(content, phase) and not self.received):
            # At a desk it is handed in and answered at once.
            if at is not None and (online or phase == NEW):
                return at
            return end if ended else self._teller.now
        return at if online else None

    def receive(self, content: Content, phase: Phase) -> int | None:
        """When it was received (ms), if this snapshot is the first to say that."""
        if self.received or not _accepts(content, phase):
            return None
        at = self._teller.now if content.accepted_at is None else content.accepted_at
        self.received, self.accepted, self._procedure = True, at, content.procedure
        return at

    def receive_anew(self, content: Content) -> None:
        """If it says another reception than the ones before it did."""
        at, procedure = content.accepted_at or self.accepted, content.procedure or self._procedure
        moved = self.accepted is not None and at != self.accepted
        renamed = self._procedure not in ("", procedure)
        self.accepted, self._procedure = at, procedure
        if moved or renamed:
            teller = self._teller
            teller.facts.append(ReceptionRewritten(*teller.head(teller.now), at, procedure))


def _accepts(content: Content, phase: Phase) -> bool:
    if phase in ("withdrawn", UNCLEAR):
        return content.accepted_at is not None
    return phase in (RUNNING, STOPPED, "finished")
