"""What letters are made of: words, ready to be read."""

from __future__ import annotations

import msgspec


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """One holding. ``giver``, ``taker``: who handed it over to whom. ``limit``: "" for a step
    without one. ``result``: trước hạn, đúng hạn, quá hạn, or that it goes on."""

    giver: str
    taker: str
    step: str
    taken: str
    given: str
    limit: str
    used: str
    result: str
    note: str = ""


class ControlSlip(msgspec.Struct, frozen=True, kw_only=True):
    """``unit``: that the dossier counts for. ``facts``: (name, value) above the table, ``verdict``
    a sentence below. ``mark``: at the head of each page, of what is no real dossier. ``at``: as of
    when, ms; ``as_of`` the same in words."""

    dossier: str
    unit: str
    facts: tuple[tuple[str, str], ...]
    handovers: tuple[Handover, ...]
    verdict: str
    as_of: str
    at: int
    mark: str = ""


class Apology(msgspec.Struct, frozen=True, kw_only=True):
    """``received``, ``due``: instants; ``late``: an amount of working time, "" before the due time;
    ``finished``: when it was done, "" while it is open; ``reason``, ``until``: "" for a blank.
    ``mark``, ``at`` (ms): as of ControlSlip."""

    dossier: str
    procedure: str
    unit: str
    received: str
    due: str
    late: str
    finished: str = ""
    reason: str = ""
    until: str = ""
    at: int
    mark: str = ""
