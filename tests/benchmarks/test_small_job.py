"""The small job's own result, and that a wrong one is noticed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import small_job


def run(events: list[small_job.Event], partitions: int) -> small_job.Expected:
    """The job as an engine does it: state by state, tallies moved along."""
    states: dict[str, small_job.State] = {}
    tallies = [small_job.Tallies(p) for p in range(partitions)]
    last: dict[bytes, small_job.Tally] = {}
    for event in events:
        state = states.get(event.dossier_id)
        was_open = None if state is None else state.open
        state = states[event.dossier_id] = small_job.fold(state, event)
        partition = int(event.dossier_id[1:]) % partitions
        key, tally = tallies[partition].move(was_open, state)
        last[key] = small_job.decode_tally(small_job.encode(tally))
    units: dict[str, tuple[int, int, int]] = {}
    for tally in last.values():
        opened, finished, seen = units.get(tally.unit, (0, 0, 0))
        units[tally.unit] = (opened + tally.open, finished + tally.finished, seen + tally.events)
    return small_job.Expected(states, units)


@settings(deadline=None, max_examples=25)
@given(count=st.integers(0, 3_000), seed=st.integers(0, 99), partitions=st.integers(1, 5))
def test_job_ends_as_expected(count: int, seed: int, partitions: int) -> None:
    events = list(small_job.events(count, seed))
    assert run(events, partitions) == small_job.expected(events)


def test_lost_event_is_noticed() -> None:
    events = list(small_job.events(2_000))
    assert run(events[:-1], 4) != small_job.expected(events)
    assert run(events[1:], 4) != small_job.expected(events)


def test_load_is_the_same_every_time() -> None:
    assert list(small_job.events(100)) == list(small_job.events(100))
    assert list(small_job.events(100)) != list(small_job.events(100, seed=2))
