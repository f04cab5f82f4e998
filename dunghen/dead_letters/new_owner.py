"""A wrong first claim: what goes before the first event of a dossier's new owner.

The dossier is brought back if it may have left; what the wrong claimant sent is taken back if
that is asked for; then the dossier is the new owner's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from dossiers.admission.ownership import claimants
from dossiers.portal.snapshots import singled
from dossiers.wire.dead_letters import DeadLetter
from dossiers.wire.events import AnyDossierEvent, Reassigned, Voided
from dossiers.wire.facts import Fact, VoidedFact
from dossiers.wire.reading import read_facts
from dossiers.wire.records import Owned
from dunghen.dead_letters.archive import Archived, restored
from dunghen.dead_letters.remaining_bound import RemainingBound

OPERATOR = "operator"
_STAY = frozenset({"voided", "restored", "reassigned"})  # they say nothing of the dossier itself


def taken_back(
    dossier: str, facts: Sequence[Fact], owned: Owned | None, owner: str, at: int
) -> Iterator[Voided]:
    """Events that take back whatever the owners so far sent, ``owner`` excepted.

    ``facts``: of the dossier, in order; ``owned``: whose it is, None if nobody remembers.
    ``at``: data time, ms. An event is one within its madonvi, so each is taken back in the name of
    that: to be sent while the dossier is still theirs. The same again changes nothing.
    """
    wrong = set(claimants(owned, facts)) - {owner, ""}
    gone = {(fact.madonvi, fact.target) for fact in facts if isinstance(fact, VoidedFact)}
    for fact in singled(facts):
        name = (fact.madonvi, fact.event_id)
        if fact.madonvi in wrong and fact.kind not in _STAY and name not in gone:
            digest = blake2b("\x1f".join(name).encode(), digest_size=16)
            yield Voided(
                event_id=f"taken-back-{digest.hexdigest()}",
                dossier_id=dossier,
                occurred_at=at,
                received_at=at,
                source=OPERATOR,
                madonvi=fact.madonvi,
                target=fact.event_id,
            )


def to_be_owned(
    room: RemainingBound, letter: DeadLetter, dossier: str, whole: Archived | None, owner: str,
    now: int, *, take_back: bool,
) -> list[AnyDossierEvent]:  # fmt: skip
    """In the order in which they are to be sent. ``letter``: of the new owner. ``whole``: what
    ClickHouse has of a dossier that may have left. ``now``: data time, ms."""
    found: list[AnyDossierEvent] = []
    if whole is not None and whole.facts:
        place = f"{letter.partition}-{letter.offset}"
        found.append(restored(whole, dossier, place, now))
    if take_back:
        state = room.record(dossier)
        if state is not None:
            found += taken_back(dossier, read_facts(state.facts.raw), state.owned, owner, now)
        elif whole is not None:
            found += taken_back(dossier, whole.facts, None, owner, now)
    claim = Reassigned(
        event_id=f"owner-{letter.partition}-{letter.offset}",
        dossier_id=dossier,
        occurred_at=now,
        received_at=now,
        source=OPERATOR,
        owner=owner,
    )
    return [*found, claim]
