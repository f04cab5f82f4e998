"""Checkpoints: tallies, clocks and the position that complete a transaction."""

from __future__ import annotations

from dossiers.wire.records import Position
from streams.partition.outputs import Output, TallyVersion
from streams.partition.state import PartitionState


def opening(state: PartitionState) -> list[Output]:
    """The first transaction of a new epoch: every tally again, under the new version.

    Readers may have seen vectors of a transaction that was then aborted; these replace them.
    """
    state.tallies.drain()
    return [
        *_partials(state, list(state.tallies.vectors)),
        *_clocks(state),
        position(state),
    ]


def unflushed(state: PartitionState) -> bool:
    """Whether ``flush`` has something to send."""
    return state.ticked or bool(state.tallies.dirty or state.deeds)


def flush(state: PartitionState) -> list[Output]:
    """The tallies that changed since the last call and what people did about their scopes, then
    the clocks that vouch for them."""
    outputs = [*_partials(state, state.tallies.drain()), *state.deeds]
    state.deeds.clear()
    if state.ticked:
        state.ticked = False
        outputs.extend(_clocks(state))
    return outputs


def closing(state: PartitionState) -> list[Output]:
    """The last outputs of a transaction: with them it is complete."""
    return [*flush(state), position(state)]


def position(state: PartitionState) -> Output:
    """How far the partition is folded; the last record of every transaction."""
    return state.encoder.position(
        Position(
            timeline=state.timeline,
            next_offset=state.next_offset,
            now=state.now,
            reference=state.versions.hash,
            epoch=state.epoch,
            duplicates=state.duplicates,
            dead_letters=state.dead_letters,
            events=state.events,
            activations=state.versions.activations(),
            heard=state.heard.kept(state.now),
        )
    )


def _version(state: PartitionState) -> TallyVersion:
    return TallyVersion(state.epoch, state.next_offset - 1, state.now)


def _clocks(state: PartitionState) -> list[Output]:
    return state.encoder.clocks(_version(state), state.heard.told(state.now))


def _partials(state: PartitionState, scopes: list[str]) -> list[Output]:
    version = _version(state)
    vectors, encoded = state.tallies.vectors, state.encoder.partial
    return [encoded(scope, vectors[scope], version) for scope in scopes]
