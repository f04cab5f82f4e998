"""What the simulated dossiers are like beside their course: plausible, and of no consequence.

Drawn apart from the dossier's life, which would be another one if it took numbers from its source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from dossiers.wire.events import AnyDossierEvent, Described, Finished, Received, Submitted
from dossiers.wire.reference import OnlineService
from dossiers.wire.traits import Traits
from sources.simulator.city import City

DIRECT, ONLINE, POSTAL = 1, 2, 3
_POSTAL_SHARE = 0.04
_PAID = (0.15, 0.55, 0.3)  # of online dossiers with a fee: not online, national portal, own gateway
_WITH_RESULT: dict[OnlineService, float] = {"full": 0.5, "partial": 0.3, "": 0.15}
_DATABASES = ("CSDLDC", "CSDLDKDN", "CSDLDD")
_SAYS_NOTHING = 0.03  # of dossiers whose sender leaves out what it may leave out


def described(city: City, rng: Random, life: Sequence[AnyDossierEvent]) -> Iterator[Described]:
    """As it stands when the dossier arrives, and once it has an electronic result: beside
    ``life``, as it was delivered."""
    first = life[0]
    if not isinstance(first, Submitted | Received):
        return
    procedure = city.procedure(first.procedure)
    traits = _arriving(rng, procedure.charged, online=isinstance(first, Submitted))
    yield _event(first, 1, traits)
    done = next((event for event in life if isinstance(event, Finished)), None)
    if done is not None and rng.random() < _WITH_RESULT[procedure.online]:
        coded = rng.random() < 0.7
        yield _event(done, 2, msgspec.structs.replace(traits, result_file=True, result_code=coded))


def _arriving(rng: Random, charged: bool, *, online: bool) -> Traits:
    channel = ONLINE if online else POSTAL if rng.random() < _POSTAL_SHARE else DIRECT
    components = rng.randint(1, 6)
    with_file = components if online else rng.choice([0, components, components])
    digitised = rng.randint(0, with_file)
    fees = rng.randint(1, 2) if charged else 0
    (paid,) = rng.choices((0, 1, 2), _PAID) if online and charged else (0,)
    bare = Traits(
        channel=channel,
        fees=fees,
        fees_charged=min(fees, 1),
        components=components,
        components_with_file=with_file,
    )
    if rng.random() < _SAYS_NOTHING:
        return bare
    stored = int(digitised > 0 and rng.random() < 0.1)
    return msgspec.structs.replace(
        bare,
        paid_online=paid,
        components_digitised=digitised,
        components_reused=rng.randint(0, digitised),
        components_from_store=stored,
        digitised=digitised > 0,
        result_file=False,
        result_code=False,
        verified_account=online and rng.random() < 0.9,
        databases=tuple(sorted(rng.sample(_DATABASES, rng.choice([0, 1, 1, 2])))),
    )


def _event(beside: AnyDossierEvent, number: int, traits: Traits) -> Described:
    """At the place of the event that it comes with."""
    return Described(
        event_id=f"{beside.dossier_id}-t{number}",
        dossier_id=beside.dossier_id,
        occurred_at=beside.occurred_at,
        received_at=beside.received_at,
        source=beside.source,
        source_seq=beside.source_seq,
        traits=traits,
    )
