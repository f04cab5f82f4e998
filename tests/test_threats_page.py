"""docs/threats.md names the test that keeps each attack; all of them are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threats.md").read_text("utf-8")


def test_each_attack_names_tests_that_exist() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    rows = [row for row in rows if not row.startswith("| attack |")]
    assert len(rows) > 40
    for row in rows:
        names = re.findall(r"`((?:tests/)?[\w/]*test_\w+\.py)`", row.split("|")[3])
        assert names, row
        folder = ""
        for name in names:
            folder = name.rpartition("/")[0] or folder
            assert (ROOT / folder / name.rpartition("/")[2]).is_file(), (row, name)
