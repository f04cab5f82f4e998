"""Marked names, numbers and e-mails in every field that is sent, and nowhere afterwards.

Looked through are the answers, what commands print, every topic, every table of ClickHouse and its
own logs, and all files of the state folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.access.keys import key_hash
from dunghen.clickhouse import RemoteClickHouse
from sources.portal.dates import ZONE
from tests.e2e.product import PATIENCE, dunghen, serving
from tests.sources.portal.payloads import DOSSIER, PROGRESS, envelope, planted
from tests.support import wait_for
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.timeout(1200)
NAME, NUMBER, MAIL, PHONE = (
    "Nguyễn Thị Đánh-Dấu Qxzwvut", "079099012345", "danhdau@vidu.vn", "0909 123 456",
)  # fmt: skip
MARKS = ("Đánh-Dấu", "Qxzwvut", NUMBER, "danhdau", PHONE)
KEY = "a-key-of-somebody"
REFERENCE = """
units = [{ id = "H29.19", name = "Sở Xây dựng" }]
officers = [{ id = "cb-1", name = "Lê Văn An", unit = "H29.19" }]
"""
# Where an office's or officer's name belongs, a name cannot be told from a citizen's, and a
# dossier's id may be any number.
OFFICES = {"DonViXuLy", "NguoiXuLy", "unit", "officer", "responsible", "step", "procedure",
           "officer_name"}  # fmt: skip
IDS = {"MaHoSo", "event_id", "dossier_id", "target"}


def days(count: int) -> datetime:
    return datetime.now(ZONE) + timedelta(days=count)


def dated(record: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A record whose dates lie in the last weeks; its dossier is overdue."""
    found = {**record, **more}
    for name, ago in (("NgayNopHoSo", -40), ("NgayTiepNhan", -39), ("NgayHenTra", -20),
                      ("ThoiDiemXuLy", -30)):  # fmt: skip
        if found.get(name):
            found[name] = f"{days(ago):%Y%m%d%H%M%S}"
    if "DanhSachHoSoBoSung" in found:
        asked, answered = (f"{days(ago):%Y%m%d%H%M%S}" for ago in (-35, -34))
        found["DanhSachHoSoBoSung"] = [
            {"HoSoBoSungId": 17, "NgayBoSung": asked, "NgayTiepNhanBoSung": answered}
        ]
    return found


def possible(name: str, mark: str) -> bool:
    return not (mark == NAME and name in OFFICES) and not (mark == NUMBER and name in IDS)


def records(record: dict[str, Any], mark: str) -> Iterator[dict[str, Any]]:
    """A whole record, and one for each of its fields with ``mark`` in it; each a dossier of its
    own, and marks in all fields that are not read."""
    name = record["MaHoSo"]
    for number, field_ in enumerate(["", *record]):
        found = {**record, "MaHoSo": f"{name}-{len(mark)}-{number}"}
        if field_ and possible(field_, mark):
            found[field_] = mark
        marked = planted(found, mark)
        if found.get("DanhSachHoSoBoSung") not in (None, mark):
            (request,) = found["DanhSachHoSoBoSung"]
            (others,) = marked["DanhSachHoSoBoSung"]
            marked["DanhSachHoSoBoSung"] = [{**others, **request}]
        yield marked
    if "DanhSachHoSoBoSung" in record:
        (request,) = record["DanhSachHoSoBoSung"]
        for place in request:
            yield {**record, "MaHoSo": f"{name}-{len(mark)}-{place}",
                   "DanhSachHoSoBoSung": [{**request, place: mark}]}  # fmt: skip


def events(mark: str) -> Iterator[dict[str, Any]]:
    """Plain events of every kind, with ``mark`` in each field once."""
    at = int(days(-10).timestamp() * 1000)
    supplement = {"id": "1", "requested_at": at}
    content = {"procedure": "p", "status": 5, "accepted_at": at, "supplements": [supplement]}
    limit = {"amount": 5, "unit": "days"}
    more: dict[str, dict[str, Any]] = {
        "submitted": {"procedure": "p"},
        "received": {"procedure": "p", "limit": limit},
        "refused": {},
        "progressed": {"carried": 5, "officer_name": "Lê Văn An"},
        "suspended": {"status": 5},
        "resumed": {"due_at": at},
        "withdrawn": {},
        "finished": {"status": 9},
        "reopened": {},
        "due_set": {"due_at": at, "reason": "extension"},
        "voided": {"target": "nothing"},
        "snapshot": {"content": content},
        "restored": {"facts": [[at, "s", 0, "e", "progressed", at, mark, mark, mark, mark]]},
    }
    for kind, own in more.items():
        whole = {"kind": kind, "event_id": "", "dossier_id": "", "occurred_at": at, "unit": "u",
                 "officer": "o", "responsible": "r", "step": "s", "source": mark, "received_at": 1,
                 "dossier_received_at": at, "backfill": False, "ChuHoSo": mark, **own}  # fmt: skip
        for number, name in enumerate(["", *whole]):
            id_ = f"plain-{kind}-{len(mark)}-{number}"
            event = {**whole, "event_id": id_, "dossier_id": id_}
            if name and possible(name, mark):
                event[name] = mark
            yield event
        yield {**whole, "event_id": f"{kind}-x", "dossier_id": "x", "content": {"status": mark},
               "limit": {"amount": mark, "unit": mark}}  # fmt: skip
    for name in supplement:
        marked = {**content, "supplements": [{**supplement, name: mark, mark: mark}]}
        yield {"kind": "snapshot", "event_id": f"s-{name}-{len(mark)}", "dossier_id": "s",
               "occurred_at": at, "content": marked}  # fmt: skip


@dataclass
class Seen:
    """All that could hold a mark, as (where, text), and how much there was of it."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    accepted: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    topics: dict[str, int] = field(default_factory=dict)

    def add(self, where: str, *texts: str) -> None:
        self.texts += [(where, text) for text in texts]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("personal")
    settings = folder / "dunghen.toml"
    reference = folder / "reference.toml"
    reference.write_text(REFERENCE, "utf-8")
    settings.write_text(
        f'[live]\nreference = "{reference}"\n'
        f'[api.senders.somebody]\nkey_sha256 = "{key_hash(KEY)}"\n'
    )
    found = Seen()
    state = folder / "state"
    with serving(state, "--config", str(settings), "up", "--state", str(state)) as stack:
        stack.line()  # the wall's address, once it is there
        endpoints = json.loads((state / "run" / "endpoints.json").read_bytes())
        post(endpoints["api"], found)
        ingest(folder, state, found)
        wait_for(lambda: stack.folded() >= found.accepted, PATIENCE, what="folding")
        said = dunghen("verify", "--state", str(state), "--json")  # waits for ClickHouse, too
        assert json.loads(said.stdout.splitlines()[-1])["equal"] is True
        found.add("verify", said.stdout, said.stderr)
        ask(endpoints["api"], found)
        command_lines(state, found)
        read_kafka(TestKafka(endpoints["kafka"]), found)
        read_clickhouse(RemoteClickHouse(endpoints["api"], endpoints["token"]), found)
    found.add("stderr", stack.errors.read_text())
    for path in state.rglob("*"):
        if path.is_file():
            found.add(str(path.relative_to(state)), path.read_bytes().decode("utf-8", "ignore"))
    return found


def post(api: str, found: Seen) -> None:
    """Every field of every payload, and what is no payload at all."""
    with httpx.Client(base_url=api, headers={"X-API-Key": KEY}, timeout=60) as http:
        for mark in (NAME, NUMBER, MAIL, PHONE):
            dossiers = list(records(dated(DOSSIER), mark))
            progress = list(records(dated(PROGRESS), mark))
            extra = {"session": mark, "isUpdating": mark, mark: mark}
            bodies: list[tuple[str, Any]] = [
                ("portal/DongBoHoSoMC", envelope(*dossiers, **extra)),
                ("portal/CapNhatTienDoHoSoMC",
                 envelope(*progress, service="CapNhatTienDoHoSoMC", **extra)),
                ("portal", envelope(*dossiers[:2], mark, [mark], {mark: mark}, **extra)),
                ("portal", envelope(service=mark)),
                ("portal", envelope(json.dumps([mark]))),
                ("events", {"events": [*events(mark), mark, {"kind": mark}], mark: mark}),
                ("events", {mark: mark}),
                ("events", [mark]),
            ]  # fmt: skip
            for path, body in bodies:
                answer = http.post(
                    f"/api/v1/{path}",
                    json=body,
                    params={"note": mark},
                    headers={"User-Agent": MAIL, "X-Forwarded-For": NUMBER, "Referer": MAIL},
                )
                assert answer.status_code in (200, 400, 422), answer.text
                found.accepted += answer.json().get("accepted", 0)
                found.add(f"POST {path}", answer.text, str(answer.headers))
            broken = http.post("/api/v1/portal", content=f'{{"data": "{mark}'.encode())
            found.add("POST broken", broken.text)
            stranger = http.post("/api/v1/events", json=[mark], headers={"X-API-Key": NUMBER})
            assert stranger.status_code == 401
            found.add("POST stranger", stranger.text)


def ingest(folder: Path, state: Path, found: Seen) -> None:
    """The same from a file, a record or a payload a line."""
    file = folder / "records.jsonl"
    lines = [
        json.dumps(line)
        for mark in (NAME, NUMBER, MAIL, PHONE)
        for line in (
            *records(dated(DOSSIER, MaHoSo="from-a-file"), mark),
            envelope(*records(dated(PROGRESS, MaHoSo="from-a-file"), mark), session=mark,
                     service="CapNhatTienDoHoSoMC"),
            mark,
        )
    ]  # fmt: skip
    file.write_text("\n".join([*lines, f"{{{MAIL}"]), "utf-8")
    said = dunghen("ingest", str(file), "--state", str(state), "--json", status=1)
    found.accepted += json.loads(said.stdout.splitlines()[-1])["accepted"]
    found.add("ingest", said.stdout, said.stderr)
    again = dunghen("ingest", str(file), "--state", str(state), status=1)
    found.add("ingest in words", again.stdout, again.stderr)


def ask(api: str, found: Seen) -> None:
    """Everything that answers about dossiers."""
    with httpx.Client(base_url=api, timeout=60) as http:
        listed = http.get("/api/v1/dossiers", params={"limit": 1000}).json()
        ids = [entry["id"] for entry in listed["dossiers"]]
        assert len(ids) > 100
        lists = ("units", "officers", "dossiers?limit=1000", "alerts?limit=1000", "tallies")
        paths = [*lists, "counts", "coverage", "state", *(f"dossiers/{id_}" for id_ in ids[::9])]
        pages = ["/metrics", "/health/ready", "/overdue", "/overdue.csv", f"/dossiers/{ids[0]}"]
        for path in [*(f"/api/v1/{path}" for path in paths), *pages]:
            answer = http.get(path)
            assert answer.status_code == 200, (path, answer.text)
            found.add(f"GET {path}", answer.text)


def command_lines(state: Path, found: Seen) -> None:
    month = f"{days(0):%Y-%m}"
    for arguments in (
        ("late-list", "--month", month), ("dead-letters", "list"), ("status", "--json"),
    ):  # fmt: skip
        said = dunghen(*arguments, "--state", str(state))
        found.add(" ".join(arguments), said.stdout, said.stderr)


def read_kafka(kafka: TestKafka, found: Seen) -> None:
    for topic in kafka.topic_names():
        messages = kafka.read_all(topic, committed=False)
        found.topics[topic] = len(messages)
        for message in messages:
            parts = [message.key() or b"", message.value() or b""]
            parts += [str(message.headers() or "").encode()]
            found.add(f"topic {topic}", b" ".join(parts).decode("utf-8", "replace"))


def read_clickhouse(store: RemoteClickHouse, found: Seen) -> None:
    """Every table there is, ClickHouse's own logs among them."""
    tables = store.query(
        "SELECT database, name FROM system.tables WHERE database = currentDatabase()"
        " OR (database = 'system' AND name LIKE '%_log')"
    )
    for table in tables:
        name = f"{table['database']}.{table['name']}"
        rows = store.query(f"SELECT toString(tuple(*)) AS row FROM {name}")  # noqa: S608
        found.rows[table["name"]] = len(rows)
        found.add(f"table {name}", *(row["row"] for row in rows))
    store.close()


def test_there_was_something_to_find(seen: Seen) -> None:
    assert seen.accepted > 300
    assert seen.topics["dossier-events"] > seen.accepted
    assert min(seen.rows[name] for name in ("dossiers", "alerts")) > 10
    assert seen.rows["tallies"] > 3  # a row of a scope and minute: of few units, and maybe of one
    assert seen.rows["dossier_events"] > 200
    assert any(where.startswith("logs/") and text for where, text in seen.texts)
    # What may be kept, an officer's name, is found where it is kept: the search sees these places.
    kept = {where.partition(".")[0] for where, text in seen.texts if "Lê Văn An" in text}
    assert kept >= {"topic dossier-events", "topic dossiers", "table dunghen"}


@pytest.mark.parametrize("mark", MARKS)
def test_nothing_personal_is_anywhere(seen: Seen, mark: str) -> None:
    forms = {mark, json.dumps(mark).strip('"'), mark.replace(" ", "")}
    leaks = {
        (where, text[max(0, text.find(form) - 80) : text.find(form) + 80])
        for form in forms
        for where, text in seen.texts
        if form in text
    }
    assert not leaks
