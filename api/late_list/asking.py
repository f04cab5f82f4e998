"""What somebody asks to do with a late list."""

from __future__ import annotations

from dataclasses import dataclass

from dossiers.wire.publications import Attachment, Case

MOST_REQUEST = 100  # characters of a request's id


@dataclass(frozen=True)
class StepAsked:
    """``list``: id; ``request``: the same if it is sent again, which then changes nothing;
    ``seen``: number of the newest record of the list that was shown."""

    list: str
    request: str
    seen: int


@dataclass(frozen=True)
class SealedFile:
    """A file that was sent before, with the seal that it got then."""

    file: Attachment
    seal: str


@dataclass(frozen=True)
class CaseRemark:
    """What is said about ``cases``. ``text``: as it was typed."""

    cases: tuple[Case, ...]
    text: str = ""
    reason: str = ""
    files: tuple[SealedFile, ...] = ()


@dataclass(frozen=True)
class DecisionAsked:
    """A decision: these are accepted by ``reason``, those are rejected. ``text``: printed in the
    annex."""

    accepted: tuple[Case, ...] = ()
    rejected: tuple[Case, ...] = ()
    reason: str = ""
    text: str = ""
