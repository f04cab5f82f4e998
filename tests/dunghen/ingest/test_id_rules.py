"""What commands make of the ids that they are given: needed is the key only where one is hashed."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from dossiers.errors import UserError
from dossiers.text.keyed import looks_hashed
from dossiers.wire.timeline import Timeline
from dunghen.ingest import id_rules
from dunghen.ingest.id_rules import ids_of, sought_id, sought_ids, unlisted_names
from dunghen.settings.installation import Installation
from dunghen.timeline.hash_key import prepared_key
from dunghen.wiring import form_of

LIVE = Timeline(id="t", kind="live", partitions=2, created_at=1)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A state folder with a key, and Kafka with its timeline."""
    found = Installation.of_kind(tmp_path / "state", "live")
    found.folder.create()
    line = replace(LIVE, key_check=prepared_key(found, None).check)
    monkeypatch.setattr(id_rules, "require_timeline", lambda _: line)
    return found


def test_an_id_is_called_what_the_doors_have_made_of_it(installation: Installation) -> None:
    ids = ids_of(installation, replace(LIVE, key_check=prepared_key(installation, None).check))
    assert sought_id(installation, "H29-1") == "H29-1"
    assert sought_id(installation, " 0912 345 678\u200b") == ids.kept("0912 345 678")
    assert sought_id(installation, ids.kept("0912 345 678")) == ids.kept("0912 345 678")
    assert looks_hashed(sought_id(installation, "kh-" + "b" * 40))


def test_a_list_keeps_what_was_given_for_each(installation: Installation) -> None:
    found = sought_ids(installation, ["H29-1", "0912345678"])
    assert list(found.values()) == ["H29-1", "0912345678"]
    assert list(found) == ["H29-1", sought_id(installation, "0912345678")]


def test_only_free_text_has_a_hash_in_its_place(installation: Installation) -> None:
    line = replace(LIVE, key_check=prepared_key(installation, None).check)
    found = unlisted_names(installation, line, ["H29.19", "Phòng Lạ", "PHÒNG  LẠ"])
    assert found.keys() == {"Phòng Lạ", "PHÒNG  LẠ"}
    assert len(set(found.values())) == 1
    installation.folder.hash_key.unlink()
    assert unlisted_names(installation, line, ["H29.19"]) == {}
    assert unlisted_names(installation, replace(LIVE, kind="replay"), ["Phòng Lạ"]) == {}


def test_without_the_key_only_ids_that_are_kept_are_found(installation: Installation) -> None:
    installation.folder.hash_key.unlink()
    assert sought_id(installation, "H29-1") == "H29-1"
    with pytest.raises(UserError, match="has a key for hashing, and it is not in"):
        sought_id(installation, "0912345678")


def test_in_a_replay_ids_are_what_the_log_has(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(id_rules, "require_timeline", lambda _: replace(LIVE, kind="replay"))
    installation.folder.hash_key.unlink()
    assert sought_id(installation, "0912 345 678") == "0912 345 678"


def test_the_form_is_that_of_the_settings(tmp_path: Path) -> None:
    flags = {"personal.id_marks": ":", "personal.id_letters": "ascii", "personal.id_length": 30}
    form = form_of(Installation.of_kind(tmp_path / "s", "live", flags).settings)
    assert (form.marks, form.letters, form.longest) == (":", "ascii", 30)
    for wrong in ("@", " ", "a", "1", "é"):
        with pytest.raises(UserError, match="wrong value"):
            Installation.of_kind(tmp_path / "s", "live", {"personal.id_marks": f"-{wrong}"})
