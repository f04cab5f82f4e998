"""What is installed is written down, and asked after."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from scripts import audit, sbom


def test_every_locked_package_stands_in_the_document_with_its_hashes() -> None:
    text = sbom.document()
    found = {c["purl"]: c for c in json.loads(text)["components"]}
    pinned = re.findall(r"^([\w.-]+)==([\w.+-]+)", sbom.REQUIREMENTS.read_text(), re.M)
    assert len(pinned) > 50
    for name, version in pinned:
        package = found[f"pkg:pypi/{name.lower().replace('_', '-').replace('.', '-')}@{version}"]
        assert package["hashes"]
    for place in json.loads(sbom.PACKAGES.read_text())["packages"]:
        name = place.removeprefix("node_modules/").replace("@", "%40")
        assert not name or any(purl.startswith(f"pkg:npm/{name}@") for purl in found)
    assert sum(purl.startswith("pkg:maven/") for purl in found) == sbom.JARS.read_text().count(
        "[[dependencies]]"
    )
    assert text == sbom.document()


def test_another_kind_of_hash_is_not_passed_over(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    package = {"version": "1.0.0", "integrity": "sha1-AAAA"}
    lock.write_text(json.dumps({"packages": {"": {}, "node_modules/a": package}}))
    with pytest.raises(ValueError, match="node_modules/a has a hash of kind sha1, not sha512"):
        list(sbom.javascript_packages(lock))


CLEAN = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "not found"}
BROKEN = {"name": "c", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ([CLEAN], 0, "1 packages checked, 0 known vulnerabilities."),
        ([CLEAN, SKIPPED], 3, "0 known vulnerabilities; 1 could not be checked."),
        ([CLEAN, BROKEN], 1, "c 2: CVE-1, mended in 3"),
        ([BROKEN, SKIPPED], 1, "1 known vulnerabilities; 1 could not be checked."),
        ([{"vulns": [{}]}], 1, "1 known vulnerabilities"),
        ([SKIPPED], 3, "Nothing was checked: .* knows none of 1 packages"),
        ([], 3, "Nothing was checked: .*no route"),
    ],
)
def test_an_audit_says_what_it_could_not_check(
    found: list[dict[str, object]], status: int, said: str
) -> None:
    text, ended = audit.told(found, "no route" if not found else "")
    assert ended == status
    assert re.search(said, text)


@pytest.mark.parametrize(
    "answer", ["", "no JSON", "[]", '{"dependencies": 5}', '{"dependencies": [5]}', "fails", "slow"]
)
def test_make_audit_fails_where_nothing_could_be_checked(
    answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if answer == "fails":
            raise FileNotFoundError("no Python")
        if answer == "slow":
            raise subprocess.TimeoutExpired(command, 1)
        return subprocess.CompletedProcess(command, 1, answer, "the network is away")

    monkeypatch.setattr("scripts.audit.subprocess.run", asked)
    assert audit.main() == 3
    assert "Nothing was checked" in capsys.readouterr().out
