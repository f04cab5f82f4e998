"""A text is erased once, by name, and not before the audit trail has it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from api.desk.blobs import BlobStore
from broker.memory.kafka import MemoryKafka
from dossiers.errors import UserError
from dossiers.wire.publications import KEY, Frozen
from dossiers.wire.topics import PUBLICATIONS
from dunghen.access.link_key import link_key
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.state.folder import StateFolder
from dunghen.texts.erasing import ErasedNote, erase_from, refuse_published, texts_folder
from tests.dossiers.publication.made_records import TUAN_1, Story

NOTE = ErasedNote(1_795_406_400_000, "somebody", "asked for by the office")


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def test_who_erased_it_stands_in_its_place(blobs: BlobStore) -> None:
    digest = blobs.put(b"a text")
    told: list[str] = []
    erase_from(blobs, digest, NOTE, lambda: told.append(blobs.state(digest)))
    assert (told, blobs.state(digest)) == (["kept"], "erased")
    [mark] = [each for each in blobs.folder.rglob("*") if each.is_file()]
    assert msgspec.json.decode(mark.read_bytes(), type=ErasedNote) == NOTE
    with pytest.raises(UserError, match="before"):
        erase_from(blobs, digest, NOTE, lambda: None)


def test_nothing_is_erased_that_the_audit_trail_does_not_get(blobs: BlobStore) -> None:
    digest = blobs.put(b"a text")

    def away() -> None:
        raise UserError("Kafka is away.")

    with pytest.raises(UserError, match="away"):
        erase_from(blobs, digest, NOTE, away)
    assert blobs.read(digest) == b"a text"


@pytest.mark.parametrize("name", ["0" * 64, "../state.json", ""])
def test_what_is_no_text_is_not_erased(blobs: BlobStore, name: str) -> None:
    with pytest.raises(UserError, match="no text"):
        erase_from(blobs, name, NOTE, lambda: None)


@pytest.mark.usefixtures("alone")
def test_the_key_of_links_is_made_once_for_this_user(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path / "state")
    assert link_key(Installation(load({}), folder)) is None
    folder.create()
    installation = Installation(load({}), folder)
    first, again = link_key(installation), link_key(installation)
    assert first is not None
    assert again is not None
    assert first.seal("a", "b") == again.seal("a", "b")
    assert (folder.access / "link-key").stat().st_mode & 0o077 == 0
    assert texts_folder(installation) == folder.path / "blobs"


@pytest.mark.usefixtures("alone")
def test_a_secret_that_can_be_guessed_signs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("short")
    flags = {"desk.link_key_file": str(file), "desk.texts": str(tmp_path / "texts")}
    installation = Installation(load(flags), StateFolder(tmp_path / "state"))
    with pytest.raises(UserError, match="shorter"):
        link_key(installation)
    file.write_text("x" * 40)
    assert link_key(installation) is not None
    assert texts_folder(installation) == tmp_path / "texts"


def test_a_file_of_a_late_list_is_not_erased_by_hand() -> None:
    story = Story()
    frozen = story.freeze()
    assert isinstance(frozen, Frozen)
    story.explain(TUAN_1, text="9" * 64)
    kafka = MemoryKafka()
    kafka.create_topics(PUBLICATIONS)
    producer = kafka.producer({"linger.ms": 0})
    for value in story.values:
        producer.produce(PUBLICATIONS, value, KEY)
    assert producer.flush(10) == 0
    with pytest.raises(UserError, match="late list 2026-10, edition 1"):
        refuse_published(kafka, frozen.secret)
    refuse_published(kafka, "9" * 64)  # what somebody wrote about a case
    refuse_published(kafka, "0" * 64)
