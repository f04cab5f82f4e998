"""``dunghen late-list``: proof without an installation, and steps over an API that is made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from dossiers.errors import UserError
from dossiers.publication.manifest import manifest_json
from dunghen.api_client.person import PersonApi, asking, token_of
from dunghen.cli import run
from dunghen.late_list.cases import meant, together_in
from dunghen.late_list.list_tables import effects_text, together_text
from tests.dunghen.late_list.published import Month

OCTOBER = Month()
Answers = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "kiem-chung-2026-10.json"
    path.write_bytes(manifest_json(OCTOBER.manifest))
    return path


def verified(path: Path, manifest: Path, *more: str) -> int:
    return run(["late-list", "verify", str(path), "--manifest", str(manifest), *more])


def test_a_file_is_proven_by_its_manifest_alone(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(OCTOBER.file(".pdf"))
    assert verified(path, manifest) == 0
    said = capsys.readouterr().out
    assert said.startswith("✓ This is danh-sach-tre-han-2026-10.pdf of the list of 10/2026")
    assert "approved by 5, published by 6" in said
    path.write_bytes(OCTOBER.file(".pdf")[:-1] + b"?")
    assert verified(path, manifest, "--json") == 1
    assert json.loads(capsys.readouterr().out)["genuine"] is False


def test_a_file_of_another_month_is_not_what_was_asked_for(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "row.json"
    path.write_text(json.dumps(OCTOBER.content()["rows"]["dossiers"][2]))
    assert verified(path, manifest, "--list", "2026-10") == 0
    assert verified(path, manifest, "--list", "2026-09") == 1
    said = capsys.readouterr().out
    assert "This is dossier row 3 of the list of 10/2026" in said
    assert "it is not of the list of 2026-09" in said


def test_what_cannot_be_read_is_said(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(tmp_path / "none", manifest) == 2
    assert "none cannot be read" in capsys.readouterr().err
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert verified(manifest, other) == 2
    assert "is no manifest of a late list" in capsys.readouterr().err


def api(answers: Answers, notes: list[str] | None = None) -> PersonApi:
    http = httpx.Client(base_url="http://here", transport=httpx.MockTransport(answers))
    return PersonApi(http, (notes if notes is not None else []).append)


def test_work_that_goes_on_is_asked_for_again_as_the_same_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    sent: list[dict[str, Any]] = []

    def answers(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        going = httpx.Response(202, json={"detail": "It goes on."}, headers={"retry-after": "2"})
        return going if len(sent) < 3 else httpx.Response(200, json={"number": 7})

    notes: list[str] = []
    found = api(answers, notes).step("/api/v1/publications/2026-10/publish", {"seen": 6})
    assert found == {"number": 7}
    assert len({each["request"] for each in sent}) == 1
    assert notes == ["It takes longer and goes on ..."]


def test_a_refusal_is_told_in_the_words_of_the_api() -> None:
    def answers(_: httpx.Request) -> httpx.Response:
        return httpx.Response(409, json={"detail": "Somebody was first.", "status": 409})

    with pytest.raises(UserError, match=r"Somebody was first\. `dunghen late-list show LIST`"):
        api(answers).step("/x", {})


def test_nobody_acts_as_somebody_outside_a_simulation() -> None:
    with pytest.raises(UserError, match="Only at the machine of a simulation"):
        api(lambda _: httpx.Response(403)).act_as("leader")
    with pytest.raises(UserError, match="nobody “officer:x”"):
        api(lambda _: httpx.Response(303, headers={"location": "/act-as"})).act_as("officer:x")
    with pytest.raises(UserError, match="not both"), asking("http://here", "t", "leader", print):
        pass


def test_a_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "token"
    path.write_text("abc.def\n")
    monkeypatch.setenv("DUNGHEN_PERSON_TOKEN", "other")
    assert (token_of(path), token_of(None)) == ("abc.def", "other")
    for content in ("", "two words", "tiếng"):
        path.write_text(content)
        with pytest.raises(UserError, match="holds no token"):
            token_of(path)


def cases(request: httpx.Request) -> httpx.Response:
    """Two pages; two officers are charged with H-2."""
    rows = [{"dossier": d, "unit": "u", "officer": o, "amount": 1}
            for d, o in (("H-1", "a"), ("H-2", "a"), ("H-2", "b"))]  # fmt: skip
    second = "cursor" in request.url.params
    page = rows[2:] if second else rows[:2]
    return httpx.Response(200, json={"cases": page, "next": None if second else "c"})


def months(request: httpx.Request) -> httpx.Response:
    """Two dossiers in pages of one."""
    second = "cursor" in request.url.params
    page = {"lists": ["2026-09", "2026-10"], "erased": ["2026-08"], "late": 2, "added": 3,
            "repeated": 1, "done": 2, "open": 0, "dossiers": [{"dossier": f"H-{second + 1}"}],
            "next": None if second else "c"}  # fmt: skip
    return httpx.Response(200, json=page)


def test_several_months_are_counted_with_all_their_dossiers() -> None:
    found = together_in(api(months), "2026-08", "2026-10", whole=True)
    assert [each["dossier"] for each in found["dossiers"]] == ["H-1", "H-2"]
    said = together_text(together_in(api(months), "2026-08", "2026-10", whole=False))
    assert "2 dossiers, each once (3 if months were added)" in said
    assert "2026-08: nothing of it is counted" in said


def test_a_case_is_named_by_its_dossier_where_one_is_charged() -> None:
    one = {"dossier": "H-1", "unit": "u", "officer": "a"}
    assert meant(api(cases), "2026-10", ["H-1", "H-1"]) == [one]
    exact = meant(api(cases), "2026-10", ["H-2,u,b", "H-1"])
    assert exact == [{"dossier": "H-2", "unit": "u", "officer": "b"}, one]
    with pytest.raises(UserError, match="H-2,u,a or H-2,u,b"):
        meant(api(cases), "2026-10", ["H-2"])
    with pytest.raises(UserError, match="about the dossier H-3"):
        meant(api(cases), "2026-10", ["H-3"])


def test_the_effect_of_a_decision_says_from_what_to_what() -> None:
    officer = {"unit_name": "Phòng", "officer_name": "Lê An", "total": 86, "before": 11, "after": 9,
               "rate_before": "12.8", "rate_after": "10.5"}  # fmt: skip
    unit = officer | {"officer_name": "", "before": 82, "after": 82, "rate_after": "12.8"}
    whole = unit | {"unit_name": "", "total": 900, "after": 80}
    assert effects_text(2, [officer, unit, whole]).splitlines() == [
        "Accepting 2 changes:",
        "  Lê An: from 11 to 9 of 86, 12.8 % to 10.5 %",
        "  Phòng: stays at 82 of 86",
        "  the whole list: from 82 to 80 of 900",
    ]
