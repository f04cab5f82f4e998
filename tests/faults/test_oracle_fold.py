"""The oracle of the fault harness beside the fold, over lives that no office would report.
They share nothing, so what both say is what the documents say."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.fold.folding import fold
from dossiers.fold.standing import standing_at
from dossiers.reference.context import Context
from dossiers.wire.course import Variant
from dossiers.wire.events import decode_event
from dossiers.wire.kept_events import fact_of
from dossiers.wire.order import fact_order
from dossiers.wire.reference import Reference
from tests.faults.any_lives import any_life
from tests.faults.installation import INSTALLATIONS
from tests.faults.oracle.calendar import local_day
from tests.faults.oracle.events import decode
from tests.faults.oracle.rules import Rules
from tests.faults.oracle.story import judge, read

NOW = 1_790_000_000_000
BEGIN = NOW - 25 * 24 * 3_600_000
_DOSSIERS = 60  # of an example

Told = tuple[object, ...]


def by_oracle(records: Sequence[bytes], rules: Rules) -> Told:
    story = read({event.event_id: event for event in map(decode, records)}, rules)
    judge(story, NOW)
    return (
        story.verdict, story.unit, story.officer, story.received, story.due, story.end,
        story.stopped, story.extensions, story.flags, story.unrewritten, story.rewritten,
        story.is_reopened,
    )  # fmt: skip


def by_fold(records: Sequence[bytes], context: Context) -> Told:
    course = fold(sorted(map(fact_of, map(_event, records)), key=fact_order), context)
    standing = standing_at(course, NOW, context)
    return (
        standing.verdict, course.unit or "unknown", course.officer or "unknown",
        course.received_at, course.due_at, course.finished_at, course.stopped_at,
        course.extensions, set(course.flags), _other(course.unrewritten, standing.unrewritten),
        _other(course.rewritten, standing.rewritten), course.reopened_at is not None,
    )  # fmt: skip


def _event(record: bytes) -> Any:
    return decode_event(record)


def _other(variant: Variant | None, verdict: str) -> Told | None:
    if variant is None:
        return None
    return (
        variant.due_at, variant.stopped_at, variant.outcome, variant.finished_at,
        verdict,
    )  # fmt: skip


@pytest.mark.parametrize("installation", ["always", "hours", "versions"])
@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_both_tell_the_same(installation: str, seed: int) -> None:
    reference = INSTALLATIONS[installation](local_day(NOW))
    context, rules = Context(msgspec.convert(reference, Reference)), Rules(reference)
    rng = Random(seed)
    for number in range(_DOSSIERS):
        records = any_life(rng, f"D{number}", BEGIN)
        assert by_fold(records, context) == by_oracle(records, rules), records
