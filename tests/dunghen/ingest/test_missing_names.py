"""The list at the door of what senders name and the reference data lack."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest

from dossiers.reference.known_names import with_hashes
from dossiers.text.keyed import Keyed
from dossiers.wire.reference import Officer, Reference, Unit, content_hash, encode_reference
from dunghen.ingest.missing_names import KEPT, MOST, MissingEntry, MissingNamesList
from dunghen.timeline.reference_topic import Stored
from dunghen.timeline.topics import _is_other
from sources.portal.name_admission import NameAdmission, hash_of

KEYED = Keyed(bytes(32))


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_406_400_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def listed(found: MissingNamesList) -> dict[str, int]:
    return {entry.text: entry.records for entry in found.read()}


def test_what_is_named_again_is_counted_and_the_file_is_of_this_user_alone(
    tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "personal" / "missing-names.json"
    found = MissingNamesList(path, clock)
    for text in ("Phòng A", "Phòng B", "Phòng A"):
        found.note("unit", text, hash_of(KEYED, "unit", text))
    found.note("unit", "H29.9", "")
    first = clock.now
    clock.now += 1_000
    found.note("unit", "Phòng A", hash_of(KEYED, "unit", "Phòng A"))
    assert listed(found) == {"Phòng A": 3, "Phòng B": 1, "H29.9": 1}
    entry = found.read()[0]
    assert (entry.first, entry.last) == (first, clock.now)
    assert entry.number is not None
    assert found.counts() == {"names": 2, "codes": 1}
    for each in (path, *path.parent.iterdir()):
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_processes_add_to_one_list(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "missing-names.json"
    api, ingest = MissingNamesList(path, clock), MissingNamesList(path, clock)
    for each in (api, ingest, api):
        each.note("officer", "Lê Văn An", "kh-x")
    ingest.note("step", "Thẩm tra", "kh-y")
    ingest.close()
    assert listed(api) == {"Lê Văn An": 3, "Thẩm tra": 1}
    assert listed(MissingNamesList(path, clock)) == {"Lê Văn An": 3, "Thẩm tra": 1}


def test_it_is_bounded_and_invented_names_push_out_none_that_offices_use(
    tmp_path: Path, clock: Clock
) -> None:
    found = MissingNamesList(tmp_path / "m.json", clock)
    for _ in range(2):
        found.note("unit", "Phòng thật", "kh-real")
        found.note("unit", "H29.9", "")
    found.write()
    for number in range(2 * MOST):
        found.note("unit", f"bịa {number}", f"kh-{number}")
        if number % 500 == 0:
            found.write()
    names = listed(found)
    assert len(names) == MOST + 1  # and the code, which has a list of its own
    assert {"Phòng thật", "H29.9", f"bịa {2 * MOST - 1}"} <= set(names)
    assert "bịa 0" not in names


def test_one_sender_pushes_out_none_of_others_however_often_it_names_its_own(
    tmp_path: Path, clock: Clock
) -> None:
    found = MissingNamesList(tmp_path / "m.json", clock)
    offices = [f"Phòng {number}" for number in range(300)]
    for number, text in enumerate(offices):  # each once, and before
        found.of(f"office {number % 3}").note("unit", text, f"kh-{text}")
    for round_ in range(2):
        clock.now += 1_000
        for number in range(2 * MOST):
            found.of("flood").note("unit", f"bịa {number}", f"kh-{number}")
            found.of("flood").note("unit", offices[0], f"kh-{offices[0]}")  # takes none over
        if round_:
            found.write()
    names = listed(found)
    assert len(names) == MOST
    assert set(offices) <= set(names)
    for number in range(MOST):  # it has less than the flood, so it gets what that has too much
        found.of("late").note("step", f"Bước {number}", f"kh-late-{number}")
    kinds = [entry.kind for entry in found.read()]
    assert kinds.count("step") > MOST // 3
    assert set(offices) <= set(listed(found))


def test_the_spellings_of_a_name_are_one_as_it_was_sent_first(tmp_path: Path, clock: Clock) -> None:
    names = NameAdmission(KEYED)
    found = MissingNamesList(tmp_path / "m.json", clock)
    for text in ("Phòng  Một", "PHÒNG MỘT", "phòng một"):
        names.noting(found.of("s")).passed("unit", text)
        clock.now += 1
        found.write()
    assert listed(found) == {"Phòng  Một": 3}


def test_what_nobody_sends_any_more_or_is_known_by_now_is_dropped(
    tmp_path: Path, clock: Clock
) -> None:
    names = NameAdmission(KEYED)
    found = MissingNamesList(
        tmp_path / "m.json", clock, lambda kind, text: names.look(kind, text).known
    )
    found.note("unit", "Phòng A", "kh-a")
    found.note("officer", "Lê Văn An", "kh-b")
    assert set(listed(found)) == {"Phòng A", "Lê Văn An"}
    names.refer([Reference(officers=(Officer(id="o", name="LÊ VĂN AN"),))])
    assert set(listed(found)) == {"Phòng A"}
    clock.now += KEPT + 1
    assert listed(found) == {}


def test_what_cannot_be_written_is_kept_until_it_can(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "away"
    folder.write_text("a file where the folder should be")
    found = MissingNamesList(folder / "m.json", clock)
    found.note("unit", "Phòng A", "kh-a")
    with pytest.raises(FileExistsError):
        found.read()
    found.close()  # says so in the log, and no more
    folder.unlink()
    assert listed(found) == {"Phòng A": 1}


def test_a_folder_of_somebody_else_is_not_written_into(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    found = MissingNamesList(tmp_path / "m.json", clock)
    found.note("unit", "Phòng A", "kh-a")
    with pytest.raises(PermissionError, match="another user"):
        found.read()
    found.close()
    assert not (tmp_path / "m.json").exists()


def test_a_damaged_file_begins_anew(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "m.json"
    path.write_bytes(b"[[1,2")
    found = MissingNamesList(path, clock)
    found.note("unit", "Phòng A", "kh-a")
    assert listed(found) == {"Phòng A": 1}
    assert msgspec.json.decode(path.read_bytes(), type=list[MissingEntry])


def test_without_a_place_for_it_it_is_kept_in_memory(clock: Clock) -> None:
    found = MissingNamesList(None, clock)
    found.note("unit", "Phòng A", "kh-a")
    assert listed(found) == {"Phòng A": 1}
    assert listed(found) == {"Phòng A": 1}


def stored(*references: Reference) -> Stored:
    values = {content_hash(each): encode_reference(each) for each in references}
    return Stored(None, values, content_hash(references[-1]), True)


def test_hashes_alone_put_nothing_over_what_was_loaded_since() -> None:
    """An installation from before names were hashed starts again with the same data."""
    own = Reference(units=(Unit(id="u", name="Phòng A"),))
    hashed = with_hashes(own, lambda kind, form: hash_of(KEYED, kind, form))
    loaded = Reference(title="loaded")
    assert _is_other(content_hash(own), hashed, stored(own))
    assert not _is_other(content_hash(own), hashed, stored(own, loaded))
    assert not _is_other(content_hash(hashed), hashed, stored(own, hashed))
    changed = with_hashes(Reference(title="new"), lambda kind, form: hash_of(KEYED, kind, form))
    assert _is_other(content_hash(own), changed, stored(own, loaded))
