"""Topic verifications: what recounts of the log found, one night after the other."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from dossiers.wire.reading import decoder

MOST_CHECKS = 40
MOST_EXAMPLES = 5  # of one check
LONGEST = 300  # characters of a sentence

Sentence = Annotated[str, msgspec.Meta(max_length=LONGEST)]
_Sentences = Annotated[tuple[Sentence, ...], msgspec.Meta(max_length=MOST_CHECKS)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Outcome = Literal["equal", "different", "failed"]
# Who asked for it: the supervisor at its hour, or somebody by hand.
Occasion = Literal["night", "hand"]


class VerifiedFigure(msgspec.Struct, frozen=True, gc=False):
    """One figure of the whole installation at the cut. ``name``: of dossiers.tallies.vector, and
    ``finished_month``, the sum of its finished ones. ``shown``: what the tallies say."""

    name: Annotated[str, msgspec.Meta(max_length=60)]
    shown: _Count
    recounted: _Count


class VerifiedCheck(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One comparison of many things: ``differences`` of ``compared`` were not equal, and ``moved``
    changed while they were read. ``examples``: the first differences, as sentences.
    ``left_out``: what it does not look at."""

    name: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    compared: _Count
    differences: _Count = 0
    moved: _Count = 0
    examples: Annotated[tuple[Sentence, ...], msgspec.Meta(max_length=MOST_EXAMPLES)] = ()
    left_out: _Sentences = ()


class Verification(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recount of the log and its comparison with what is shown.

    ``night``: the local date (ISO) of the hour at which it was due; ``occasion``: whether it came
    by itself. ``at``: when it began, real time, ms. ``duration``: ms. ``watermark``: data time (ms)
    of the figures. ``records``: records of the log before the cut, ticks among them, which is its
    position; ``events``: those of dossiers. ``version``: of the program. ``problem``: why it came
    to no end, if ``outcome`` is "failed". ``shared``: what the recount has in common with the
    product; ``left_out``: what it does not recount.
    """

    timeline: Annotated[str, msgspec.Meta(max_length=64)]
    night: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
    occasion: Occasion
    at: _Count
    outcome: Outcome
    version: Annotated[str, msgspec.Meta(max_length=60)] = ""
    duration: _Count = 0
    watermark: _Count = 0
    records: _Count = 0
    events: _Count = 0
    dossiers: _Count = 0
    dead_letters: _Count = 0
    duplicates: _Count = 0
    problem: Sentence = ""
    figures: Annotated[tuple[VerifiedFigure, ...], msgspec.Meta(max_length=MOST_CHECKS)] = ()
    checks: Annotated[tuple[VerifiedCheck, ...], msgspec.Meta(max_length=MOST_CHECKS)] = ()
    shared: _Sentences = ()
    left_out: _Sentences = ()

    @property
    def compared(self) -> int:
        """How many things were compared."""
        return sum(check.compared for check in self.checks)

    @property
    def differences(self) -> int:
        """How many of them were not equal."""
        return sum(check.differences for check in self.checks)

    @property
    def agreeing(self) -> int:
        """How many checks found no difference."""
        return sum(check.differences == 0 for check in self.checks)


read_verification = decoder(Verification)
