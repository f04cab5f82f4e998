"""``dunghen explain`` on a terminal of 80 columns, where names and stories are long."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from api.explanations import Explainer
from dossiers.reference.context import Context
from dossiers.reports.wording import in_english
from dossiers.wire.facts import Fact
from dossiers.wire.reference import Officer, Procedure, Reference, Step, Unit
from dunghen.commands.explain import as_said, show
from tests.dossiers.test_attribution import STORY, at, fact

UNIT = "Trung tâm Phục vụ hành chính công phường Tân Sơn Nhì và các khu phố lân cận"
STEPS = ("reception", "appraisal", "signature", "return")
NAMES = {
    "reception": "Tiếp nhận hồ sơ tại bộ phận một cửa và chuyển phòng chuyên môn xử lý",
    "appraisal": "Thẩm định hồ sơ, kiểm tra thực địa và dự thảo văn bản trả lời công dân",
}
CONTEXT = Context(
    Reference(
        units=(Unit(id="U", name=UNIT),),
        officers=tuple(
            Officer(id=o, name=f"Nguyễn Thị Thanh Hương {o}", unit="U") for o in "ABCD"
        ),
        procedures=(
            Procedure(
                id="P", name="P",
                steps=tuple(Step(id=s, name=NAMES.get(s, ""), hours=h) for s, h in
                            zip(STEPS, (4, 24, 8, 4), strict=True)),
            ),
        ),
    )
)  # fmt: skip


def explained(facts: list[Fact], watermark: int | None) -> dict[str, Any]:
    """What the API answers."""
    names = {officer.id: officer.name for officer in CONTEXT.reference.officers}
    explainer = Explainer(CONTEXT, lambda officer: names.get(officer, officer))
    body = msgspec.json.encode(facts).decode()
    told = explainer.explain("D", body, at(11, "14:30"), watermark, True).model_dump()
    for part in ("time_line", "shares"):
        for entry in told[part]:
            entry["unit"] = UNIT
    return {
        "id": "H29.168-261102-0001", "flags": ["rewritten", "voided"], "explanation": told,
        "alerts": [],
    }  # fmt: skip


def long_story() -> dict[str, Any]:
    facts = [
        fact(at(2, "08:30"), "received", unit="U", officer="A", step="reception", procedure="P",
             due_at=at(9, "08:30")),
        *STORY[1:-1],
        *(fact(at(11, "10:00") + n * 60_000, officer="ABCD"[n % 4]) for n in range(1, 30)),
        STORY[-1],
    ]  # fmt: skip
    return explained(facts, at(20, "08:00"))


def test_it_says_what_was_announced_and_who_did_what_about_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = long_story()
    said = {"kind": "escalation", "level": 2, "action": "", "actor": "", "transition": "raised"}
    did = {**said, "action": "hand_over", "actor": "head-1", "transition": "acknowledged"}
    found["alerts"] = [{**said, "detected_at": at(12, "09:00")},
                       {**did, "detected_at": at(12, "10:30")}]  # fmt: skip
    show(found, "Asia/Ho_Chi_Minh")
    *_, first, second = [row for row in capsys.readouterr().out.splitlines() if "escalation" in row]
    assert re.split(" {2,}", first.strip()) == ["2026-11-12 09:00", "escalation 2", "raised"]
    assert re.split(" {2,}", second.strip())[2] == "hand_over, head-1"


def test_no_line_is_longer_than_the_terminal_and_no_word_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = long_story()
    show(found, "Asia/Ho_Chi_Minh")
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    words = set(text.split())
    for name in (UNIT, *NAMES.values(), "Nguyễn Thị Thanh Hương"):
        assert set(name.split()) <= words, name
    assert "2026-11-20 08:00" in text
    assert len(text.splitlines()) > 150, "it has all of the story"


def test_what_is_charged_adds_up_to_the_sum_as_it_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = long_story()
    show(found, "Asia/Ho_Chi_Minh")
    table = capsys.readouterr().out.split("Whose hours")[1].split("\n\nMethod")[0]
    # The first line of a row ends with what is charged, two blanks after the column before.
    amounts = re.findall(r"  (?:(\d+) h)? ?(?:(\d+) min)?\s*$", table, re.MULTILINE)
    minutes = [60 * int(hours or 0) + int(rest or 0) for hours, rest in amounts if hours or rest]
    *parts, whole = minutes
    assert whole == 12 * 60 + 30
    assert sum(parts) == whole
    assert {in_english(amount * 60_000) for amount in parts} >= {"9 h 23 min"}


def test_where_nothing_was_read_there_is_no_as_of(capsys: pytest.CaptureFixture[str]) -> None:
    found = explained(
        [fact(at(2, "08:30"), "received", unit="U", officer="A", procedure="P")], None
    )
    assert found["explanation"]["as_of"] is None
    said = as_said({**found, "as_of": 5})
    assert (said["as_of"], said["changed_at"]) == (None, 5)
    show(found, "Asia/Ho_Chi_Minh")
    assert "as of -" in capsys.readouterr().out


def test_officers_have_their_ids() -> None:
    told = long_story()["explanation"]
    assert {share["officer"] for share in told["shares"]} == set("ABCD")
    assert told["time_line"][0]["officer"] == "A"


def test_it_can_be_read_without_a_locale() -> None:
    code = (
        "import tests.dunghen.commands.test_explain as t\n"
        "from dunghen.commands.explain import as_said, show\n"
        "show(t.long_story(), 'Asia/Ho_Chi_Minh')"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**env, "LC_ALL": "C"}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert UNIT.split(maxsplit=1)[0] in done.stdout.decode()
