"""Hypothesis strategies: histories as offices and portals make them, with all that goes wrong.

Instants fall on quarters of hours, day and night and at weekends, often on the same one, and now
and then a millisecond beside it.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from dossiers.wire.events import (
    AnyDossierEvent,
    DueSet,
    Finished,
    Progressed,
    Received,
    Refused,
    Reopened,
    Resumed,
    Submitted,
    Suspended,
    Voided,
    Withdrawn,
)
from dossiers.wire.facts import Limit
from tests.oracle.contexts import DAY, QUARTER, SPAN, START

instants = st.builds(
    lambda quarter, beside: START + quarter * QUARTER + beside,
    st.integers(0, SPAN * 96),
    st.sampled_from([0, 0, 0, 0, 1, -1]),
)


_lags = st.sampled_from([0, 0, 0, QUARTER, DAY, 4 * DAY, 12 * DAY, -DAY])


@st.composite
def plain_histories(draw: st.DrawFn, most: int = 10) -> list[AnyDossierEvent]:
    """Events of dossier d, ids unique, in no particular order."""
    number = draw(st.integers(1, most))
    found = [draw(_plain_event(index)) for index in range(number)]
    if draw(st.integers(0, 3)):  # mostly there is a reception, early
        at = START + draw(st.integers(0, 5 * 96)) * QUARTER
        found.append(draw(_received("first", at)))
    return draw(st.permutations(found))


def common(id_: str, at: int, draw: st.DrawFn) -> dict[str, Any]:
    return {
        "event_id": id_,
        "dossier_id": "d",
        "occurred_at": at,
        "received_at": max(0, at + draw(_lags)),
        "source": draw(st.sampled_from(["a", "a", "b"])),
        "source_seq": draw(st.integers(0, 2)),
        "unit": draw(st.sampled_from(["", "", "u1", "u2", "u3"])),
        "officer": draw(st.sampled_from(["", "", "o1", "o2"])),
        "step": draw(st.sampled_from(["", "", "s1", "s2", "DUYỆT", "tiếp nhận", "s3"])),
        "responsible": draw(st.sampled_from(["", "", "", "r1"])),
        "backfill": draw(st.sampled_from([False, False, False, True])),
    }


@st.composite
def _received(draw: st.DrawFn, id_: str, at: int) -> Received:
    limit = st.builds(Limit, st.integers(0, 12), st.sampled_from(
        ["hours", "hours", "working_days", "days", "months"]))  # fmt: skip
    return Received(
        **common(id_, at, draw),
        procedure=draw(st.sampled_from(["", "steps", "steps", "same", "days", "months"])),
        due_at=draw(st.none() | st.none() | instants),
        limit=draw(st.none() | st.none() | limit),
    )


@st.composite
def _plain_event(draw: st.DrawFn, index: int) -> AnyDossierEvent:
    at = draw(instants)
    kind: Any = draw(st.sampled_from(_KINDS))
    if kind is Received:
        return draw(_received(f"e{index}", at))
    more: dict[str, Any] = {}
    if kind is Resumed:
        more = {"due_at": draw(st.none() | st.none() | instants)}
    elif kind is DueSet:
        more = {"due_at": draw(instants), "reason": draw(_reasons)}
    elif kind is Suspended:
        more = {"status": draw(st.sampled_from([5, 6, 8]))}
    elif kind is Finished:
        more = {"status": draw(st.sampled_from([9, 10]))}
    elif kind is Voided:
        more = {"target": f"e{draw(st.integers(0, 9))}"}
    elif kind is Submitted:
        more = {"procedure": draw(st.sampled_from(["", "steps"]))}
    elif kind is Progressed:
        named = draw(st.sampled_from(["", "", "Lê An", "Ai Đó"]))
        more = {"officer_name": named, "until": draw(st.sampled_from([False, False, True]))}
    event: AnyDossierEvent = kind(**common(f"e{index}", at, draw), **more)
    return event


_reasons: st.SearchStrategy[Any] = st.sampled_from(["extension", "extension", "correction"])


_KINDS = (
    Submitted, Received, Progressed, Progressed, Suspended, Suspended, Suspended, Resumed, Resumed,
    Resumed, Finished, Finished, DueSet, DueSet, DueSet, Withdrawn, Refused, Voided, Reopened,
)  # fmt: skip
