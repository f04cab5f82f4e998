"""Events, the facts that a dossier keeps of them, and how event ``restored`` carries those."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.wire.archived import ArchivedFact, archived_fact, unarchived
from dossiers.wire.events import DOSSIER_EVENTS, AnyDossierEvent
from dossiers.wire.facts import Fact, Repeat, SnapshotFact
from dossiers.wire.kept_events import event_of, fact_of
from dossiers.wire.reading import read_facts
from tests.support.any_struct import any_of

# What no dossier keeps: its id, how it was sent, and of one that came back the facts besides.
_NOT_KEPT: dict[str, st.SearchStrategy[Any]] = {
    "dossier_id": st.just("d"), "dossier_received_at": st.none(), "backfill": st.just(False),
    "facts": st.just(()), "alerts": st.just(()), "actions": st.just(()),
}  # fmt: skip
events: st.SearchStrategy[AnyDossierEvent] = st.one_of(
    *(any_of(kind, **_NOT_KEPT) for kind in DOSSIER_EVENTS)
)


@given(event=events)
def test_a_fact_says_all_that_its_event_said(event: AnyDossierEvent) -> None:
    fact = fact_of(event)
    assert fact.kind == event.__struct_config__.tag
    assert event_of("d", fact) == event


@given(found=st.lists(events, max_size=5))
def test_facts_are_read_as_they_were_written(found: list[AnyDossierEvent]) -> None:
    facts = [fact_of(event) for event in found]
    assert read_facts(msgspec.json.encode(facts)) == facts


@given(event=events, repeats=st.lists(any_of(Repeat), max_size=3))
def test_a_fact_comes_back_from_the_archive_as_it_was(
    event: AnyDossierEvent, repeats: list[Repeat]
) -> None:
    fact: Fact = fact_of(event)
    if isinstance(fact, SnapshotFact):
        fact = msgspec.structs.replace(fact, repeats=tuple(repeats))
    carried = msgspec.json.encode(archived_fact(fact))
    assert unarchived(msgspec.json.decode(carried, type=ArchivedFact)) == fact


@pytest.mark.parametrize(
    ("carried", "kept"),
    [
        (
            b'[7,"s",1,"e","progressed",8,"u","o","r","t",null,"An",null,1,5,null,"A",3,4]',
            b'["progressed",7,"s",1,"e",8,"A","u","o","r","t",5,"An",true,3,4]',
        ),
        (
            b'[7,"s",1,"e","received",8,"u","","","",9,"p",{"amount":3,"unit":"days"}]',
            b'["received",7,"s",1,"e",8,"","u","","","","p",9,{"amount":3,"unit":"days"}]',
        ),
        (
            b'[7,"s",1,"e","due_set",8,"","","","",9,"extension"]',
            b'["due_set",7,"s",1,"e",8,"","","","","",9,"extension"]',
        ),
        (
            b'[7,"s",1,"e","voided",8,"","","","",null,"other"]',
            b'["voided",7,"s",1,"e",8,"","","","","","other"]',
        ),
        (
            b'[7,"s",1,"e","snapshot",8,"","","","",null,"",null,0,null,[{"status":4},[[8,9,2,"f"]]]]',
            b'["snapshot",7,"s",1,"e",8,"","","","","",{"status":4},[[8,9,2,"f"]]]',
        ),
    ],
    ids=["progressed", "received", "due_set", "voided", "snapshot"],
)
def test_what_was_restored_before_facts_had_kinds_is_read(carried: bytes, kept: bytes) -> None:
    """Event ``restored`` is in logs for ever, as it was."""
    found = unarchived(msgspec.json.decode(carried, type=ArchivedFact))
    assert msgspec.json.encode(found) == kept
    again = msgspec.json.decode(msgspec.json.encode(archived_fact(found)))
    assert again[: len(msgspec.json.decode(carried))] == msgspec.json.decode(carried)


@pytest.mark.parametrize(
    ("kind", "fields"), [("none", {}), ("suspended", {"status": 7}), ("due_set", {"text": "why"})]
)
def test_what_no_dossier_could_keep_does_not_come_back(kind: str, fields: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        unarchived(ArchivedFact(1, "s", 1, "e", kind, 1, **fields))
