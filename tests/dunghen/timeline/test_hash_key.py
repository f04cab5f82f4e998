"""The key of a timeline: made once, kept for this user, and no other one in its place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from msgspec.structs import replace

from dossiers.errors import UserError
from dossiers.wire.timeline import Timeline
from dunghen.settings.installation import Installation
from dunghen.terminal import masking
from dunghen.timeline import hash_key
from dunghen.timeline.hash_key import found_key, prepared_key, refuse_other_key, required_key

LIVE = Timeline(id="t", kind="live", partitions=2, created_at=1)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    found = Installation.of_kind(tmp_path / "state", "live")
    found.folder.create()
    return found


def keyed(installation: Installation) -> Timeline:
    return replace(LIVE, key_check=prepared_key(installation, None).check)


def named(tmp_path: Path, file: str = "key", state: str = "nowhere") -> Installation:
    return Installation.of_kind(
        tmp_path / state, "live", {"personal.hash_key_file": str(tmp_path / file)}
    )


def test_the_first_start_makes_one_for_this_user_only(installation: Installation) -> None:
    made = prepared_key(installation, None)
    path = installation.folder.hash_key
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (
        made.check
        == prepared_key(installation, None).check
        == prepared_key(installation, LIVE).check
    )
    line = replace(LIVE, key_check=made.check)
    assert prepared_key(installation, line).check == made.check
    required = required_key(installation, line)
    assert required is not None
    assert required.check == made.check


def test_two_folders_have_two_keys(installation: Installation, tmp_path: Path) -> None:
    other = Installation.of_kind(tmp_path / "other", "live")
    other.folder.create()
    assert keyed(installation).key_check != keyed(other).key_check


def test_another_key_is_refused_wherever_it_is_given(installation: Installation) -> None:
    line = keyed(installation)
    installation.folder.hash_key.write_text("ab" * 32)
    for use in (prepared_key, required_key, refuse_other_key):
        with pytest.raises(UserError, match="is not that of the timeline t"):
            use(installation, line)


def test_a_lost_key_is_not_replaced_by_a_new_one(installation: Installation) -> None:
    line = keyed(installation)
    installation.folder.hash_key.unlink()
    for use in (prepared_key, required_key):
        with pytest.raises(UserError, match="has a key for hashing, and it is not in"):
            use(installation, line)
    assert not installation.folder.hash_key.exists()
    refuse_other_key(installation, line)  # a worker needs none


def test_a_live_timeline_without_one_says_how_to_give_it_one(installation: Installation) -> None:
    with pytest.raises(UserError, match="no key for hashing yet") as caught:
        required_key(installation, LIVE)
    assert "dunghen topics" in str(caught.value.hint)
    assert required_key(installation, replace(LIVE, kind="replay")) is None


def test_a_file_of_the_settings_is_made_once_and_only_where_the_timeline_has_none(
    tmp_path: Path,
) -> None:
    here = named(tmp_path)
    made = prepared_key(here, None)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    found = found_key(named(tmp_path, state="another machine"))
    assert found is not None
    assert found.check == made.check
    with pytest.raises(UserError, match="it is not in"):
        prepared_key(named(tmp_path, "elsewhere"), replace(LIVE, key_check=made.check))


def test_of_several_that_make_one_at_once_all_have_the_same(tmp_path: Path) -> None:
    together = Barrier(8)

    def start(number: int) -> str:
        here = named(tmp_path, state=f"machine {number}")
        together.wait()
        return prepared_key(here, None).check

    with ThreadPoolExecutor(8) as threads:
        checks = set(threads.map(start, range(8)))
    found = found_key(named(tmp_path))
    assert found is not None
    assert checks == {found.check}
    assert [path.name for path in tmp_path.iterdir()] == ["key"]  # and nothing half made
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_without_a_folder_or_a_setting_there_is_no_place_for_one(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no place for it") as caught:
        prepared_key(Installation.of_kind(tmp_path / "nowhere", "live"), None)
    assert "personal.hash_key_file" in str(caught.value.hint)


@pytest.mark.parametrize("text", ["", "secret", "ab" * 31, "ab" * 33, "gh" * 32, "ab" * 5_000])
def test_a_file_with_anything_else_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(UserError, match="holds no key for hashing") as caught:
        prepared_key(named(tmp_path), None)
    assert not text or text not in str(caught.value)


def test_one_that_anybody_may_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ab" * 32)
    (tmp_path / "key").chmod(0o666)
    with pytest.raises(UserError, match="Every user"):
        found_key(named(tmp_path))


def test_it_is_struck_out_of_whatever_is_said(installation: Installation) -> None:
    prepared_key(installation, None)
    text = installation.folder.hash_key.read_text().strip()
    assert text not in masking.scrub(f"a library says {text}")
    assert hash_key.key_path(installation) == installation.folder.hash_key
