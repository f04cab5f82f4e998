"""Paths and ids that try to name another file, and ids of others in every parameter there is."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest

from api.access.rules import RULES
from api.app import create_app
from api.paging import encode_cursor
from dossiers.fold.alerts import alert_id
from dossiers.wire.alerts import AlertState
from sources.reference.folder import read_folder
from tests.api.access.callers import Guarded
from tests.api.access.serving import listening
from tests.api.access.test_headers import answered
from tests.api.access.test_reach import OF_U1, SECRETS
from tests.api.city import HOUR, START, TIMELINE
from tests.api.posting import NoStore
from tests.api.settings import config

pytestmark = pytest.mark.asyncio
UP = [
    "../../pyproject.toml", "%2e%2e/%2e%2e/pyproject.toml", "..%2f..%2fpyproject.toml",
    "%2e%2e%2f%2e%2e%2fpyproject.toml", "%252e%252e/%252e%252e/pyproject.toml",
    "..%5c..%5cpyproject.toml", "....//....//pyproject.toml", "./../../pyproject.toml",
    "%c0%ae%c0%ae/%c0%ae%c0%ae/pyproject.toml", "..;/..;/pyproject.toml",
    "/etc/passwd", "%2fetc%2fpasswd", "main.js%00.html", "%00", "a/" * 2_000, "%ff%fe",
]  # fmt: skip
FILES = [
    rule.path.removesuffix("{path:path}") for rule in RULES if rule.path.endswith("{path:path}")
]
NAMED = [
    rule.path.partition("{")[0]
    for rule in RULES
    if rule.method == "GET"
    and rule.path.endswith(":path}")
    and "{path:" not in rule.path
    and not rule.path.startswith("/overdue/")  # leads on to the list
]


@pytest.mark.parametrize("folder", FILES)
async def test_no_path_leaves_the_folder_of_files(guard: Guarded, folder: str) -> None:
    """As raw bytes: clients tidy paths up before they send them."""
    async with listening(guard.app) as server:
        for path in UP:
            answer = await answered(server, "GET", folder + path, {})
            assert answer.split(" ", 2)[1] in ("400", "404"), (path, answer[:80])
            assert "[tool." not in answer
            assert "root:" not in answer


@pytest.mark.parametrize("start", NAMED)
async def test_ids_that_look_like_paths_are_ids(guard: Guarded, start: str) -> None:
    headers = guard.headers("admin")
    async with listening(guard.app) as server:
        for path in UP:
            answer = await answered(server, "GET", start + path, headers)
            assert answer.split(" ", 2)[1] in ("400", "404"), (path, answer[:80])
            assert "[tool." not in answer


async def test_a_name_in_reference_data_opens_no_other_file(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    (folder / "calendars").mkdir(parents=True)
    (tmp_path / "secret.toml").write_text('base = "24x7"\nversion = "a secret"\n')
    (folder / "units.csv").write_text("id,name,calendar\nu1,One,../../secret\n")
    (folder / "reference.toml").write_text('calendar = "../../secret"\n')
    loaded = read_folder(folder)
    assert loaded.reference is None
    assert "a secret" not in str(loaded)
    assert {finding.file for finding in loaded.errors} == {"reference.toml", "units.csv"}


THEIRS = alert_id(UUID(TIMELINE), "over-2", AlertState("overdue", 0, START + HOUR, 1, "raised"))
OTHERS = {
    "alert_id": (THEIRS,),
    "unit": ("u/2", "city"), "parent": ("u/2", "city"), "officer": ("o2", "unknown-officer"),
    "dossier": ("over-2", "wait-1", "open-1"), "number": ("0",),
    "scope": ("unit:u/2", "unit:city", "officer:o2", "all"),
    "cursor": tuple(encode_cursor(place, "") for place in (0, 2**53)),
    "charged": ("o2", "unknown-officer"), "held": ("o2",), "late_before": ("o2",),
    "charged_in": ("u/2", "city"), "held_in": ("u/2", "city"), "text": ("over-2", "wait-1"),
    "q": ("over-2", "wait-1"), "alert": (THEIRS,), "of": ("u/2", "city"),
}  # fmt: skip
NO_IDS = {"lang", "limit", "name", "standing", "status", "kind", "state", "from", "to", "step",
          "fields", "source", "as_of", "month", "reason", "officer_ids", "by", "officers_by",
          "officers_all", "field", "procedure", "level", "online", "channel", "left", "age",
          "marks", "flags", "supplements", "what", "window", "due", "turns", "sort", "down",
          "first", "done", "told", "group", "cause", "list", "edition", "sha256",
          "file", "show", "page", "since", "until"}  # fmt: skip


async def test_ids_of_others_show_nothing_wherever_they_are_given(guard: Guarded) -> None:
    """Of every route in the document, also of those to come: each parameter is known here."""
    document = create_app(config(), NoStore()).openapi()
    tried = 0
    for path, item in document["paths"].items():
        parameters = [p["name"] for p in item.get("get", {}).get("parameters", [])]
        assert set(parameters) <= {*OTHERS, *NO_IDS}, path
        for name in {*parameters} & {*OTHERS}:
            for value in OTHERS[name]:
                filled = path.replace(f"{{{name}}}", quote(value, safe=""))
                query = {} if filled != path else {name: value}
                for part in ("{unit}", "{officer}"):
                    filled = filled.replace(part, "u1")
                for who in ("supervisor", "officer", "officer who is nobody"):
                    async with guard.client(OF_U1[who]) as http:
                        answer = await http.get(filled, params=query)
                    tried += answer.status_code == 200
                    # A form says again what was typed; a row of it would be another matter.
                    assert f'href="/dossiers/{value}"' not in answer.text, (filled, query, who)
                    for secret in SECRETS:
                        refused = answer.status_code in (403, 404)
                        said = secret.strip('"') in value and refused
                        typed = bool(query) and secret.strip('"') == value
                        assert said or typed or secret not in answer.text, (filled, query, who)
    assert tried > 20
