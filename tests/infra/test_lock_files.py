"""What is fetched is pinned by hash, and from wherever the machine's own clients are set up."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
LOCKS = [
    *REQUIREMENTS,
    ROOT / "infra" / "kafka" / "jgo.lock.toml",
    ROOT / "dashboards" / "package-lock.json",
]


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.name)
def test_no_address_of_a_registry_is_kept(file: Path) -> None:
    text = file.read_text("utf-8")
    if file.suffix == ".json":  # addresses of sponsors are not where anything is fetched from
        packages = json.loads(text)["packages"].values()
        assert [package["resolved"] for package in packages if "resolved" in package] == []
    else:
        assert "://" not in text
        assert "--index" not in text


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_every_python_package_is_pinned_with_its_hashes(file: Path) -> None:
    entries = re.split(r"\n(?=\S)", file.read_text("utf-8"))
    packages = [entry for entry in entries if entry and not entry.startswith("#")]
    assert len(packages) > 1
    for package in packages:
        assert re.match(r"[\w.\-\[\],]+==\S+", package), package[:60]
        assert "--hash=sha256:" in package, package[:60]


def test_every_package_asked_for_is_locked() -> None:
    for source in (ROOT / "requirements").glob("*.in"):
        lock = source.with_suffix(".txt").read_text("utf-8").lower().replace("_", "-")
        for line in source.read_text("utf-8").splitlines():
            name = re.match(r"[A-Za-z0-9_.\-]+", line)
            if name and not line.startswith(("#", "-")):
                assert re.search(rf"^{re.escape(name[0].lower())}==", lock, re.MULTILINE), line


def test_front_end_packages_carry_their_integrity() -> None:
    packages = json.loads((ROOT / "dashboards" / "package-lock.json").read_text("utf-8"))[
        "packages"
    ]
    assert all("integrity" in package for path, package in packages.items() if path)


def test_every_jar_carries_its_hash() -> None:
    lock = tomllib.loads((ROOT / "infra" / "kafka" / "jgo.lock.toml").read_text("utf-8"))
    jars = {jar["artifactId"]: jar for jar in lock["dependencies"]}
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar["sha256"]) for jar in jars.values())
    assert jars["kafka_2.13"]["version"] == jars["kafka-clients"]["version"]
