"""docs/security.md names the test that keeps each attack; all of them are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_each_attack_names_tests_that_exist() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`test" in line]
    assert len(rows) > 15
    for row in rows:
        folder = ""
        for name in re.findall(r"`((?:tests/)?[\w/]*test_\w+\.py)`", row.split("|")[3]):
            folder = name.rpartition("/")[0] or folder
            assert (ROOT / folder / name.rpartition("/")[2]).is_file(), (row, name)
