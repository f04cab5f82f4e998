"""An alert as its people have it, from the passing of time to the end: the mail, its link with one
button, the inbox, what is asked while Kafka is away, and the recount of all of it."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.access.keys import key_hash
from dossiers.wire.events import AnyDossierEvent, Finished, Received, encode_event
from dossiers.wire.topics import ALERTS, EVENTS
from infra.kafka.login import client_login
from tests.e2e.product import PATIENCE, Serving, answer, serving
from tests.sinks.receivers import Letterbox, letterbox
from tests.support import wait_for
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.timeout(600)
KEY = "a-key-of-the-office"
HEAD, HEAD_MAIL = "cb-2", "binh@phong.example"
ENDS, STAYS = "H-1", "H-2"  # both pass their due time, and one of them is finished later
HOUR = 3_600_000
AHEAD = 6_000  # ms until they are due: news of them comes before
# Whatever day and hour it is, time counts and nobody waits for a mail. Nobody reminds beforehand.
REFERENCE = f"""
calendar = {{ kind = "24x7" }}
units = [{{ id = "pxd", name = "Phòng Xây dựng" }}]
officers = [
  {{ id = "cb-1", name = "Trần Văn An", unit = "pxd", email = "an@phong.example" }},
  {{ id = "{HEAD}", name = "Lê Thị Bình", unit = "pxd", email = "{HEAD_MAIL}" }},
]
duties = [{{ unit = "pxd", duty = "head", officer = "{HEAD}" }}]
alert_policies = [{{ group_seconds = 0, quiet = ["00:00", "00:00"], off = ["due_soon"] }}]
"""
SETTINGS = """
[live]
reference = "{reference}"
[api.senders.office]
key_sha256 = "{key}"
[access]
loopback = "reform_office"
[notify]
enabled = true
smtp_host = "127.0.0.1"
smtp_port = {port}
"""
Records = list[dict[str, Any]]


class Office:
    """The stack, the mails that it sends, and what its topics and pages say."""

    def __init__(
        self, stack: Serving, box: Letterbox, http: httpx.Client, kafka: TestKafka
    ) -> None:
        self.stack = stack
        self.box = box
        self.http = http
        self._kafka = kafka

    def tell(self, *events: AnyDossierEvent) -> None:
        """As an office does that sends."""
        body = b'{"events":[' + b",".join(map(encode_event, events)) + b"]}"
        said = self.http.post("/api/v1/events", content=body, headers={"X-API-Key": KEY})
        # 202: while the spool of an absence is being emptied, all that comes is put behind it.
        assert said.status_code in (200, 202), said.text
        assert said.json()["accepted"] == len(events)

    def topic(self, name: str) -> Records:
        return [json.loads(message.value() or b"{}") for message in self._kafka.read_all(name)]

    def actions(self) -> dict[str, str]:
        """What people did by the log, by the ids of these events."""
        acted = (each for each in self.topic(EVENTS) if each["kind"] == "acted")
        return {each["event_id"]: each["action"] for each in acted}

    def thread(self, dossier: str) -> Records:
        """Every record of the dossier's overdue alert."""
        alerts = (a for a in self.topic(ALERTS) if a["dossier_id"] == dossier)
        return [each for each in alerts if each["kind"] == "overdue"]

    def wait_for(self, dossier: str, true: Callable[[Records], object]) -> Records:
        """Until it is true of the thread."""

        def found() -> Records:
            thread = self.thread(dossier)
            return thread if true(thread) else []

        return wait_for(found, PATIENCE, every=0.3, what=f"the alert of {dossier}")

    def listed(self, state: str) -> set[str]:
        """Which of our dossiers the inbox shows in one of its lists."""
        page = self.http.get("/alerts", params={"state": state})
        assert page.status_code == 200, page.text
        _, _, rows = page.text.partition('class="alert-rows"')
        return {dossier for dossier in (ENDS, STAYS) if re.search(rf"\b{dossier}\b", rows)}

    def press(self, link: str) -> str:
        """The button behind a link; what the page then says."""
        here = str(self.http.base_url).rstrip("/")
        said = self.http.post(link, headers={"Origin": here})
        assert said.status_code == 200, said.text
        return said.text

    @contextmanager
    def without_kafka(self) -> Iterator[None]:
        pid = self.stack.processes()["kafka"]["pid"]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    state, config, reference = (tmp_path / n for n in ("state", "dunghen.toml", "reference.toml"))
    reference.write_text(REFERENCE, "utf-8")
    with ExitStack() as stack:
        box, port = stack.enter_context(letterbox())
        config.write_text(SETTINGS.format(reference=reference, key=key_hash(KEY), port=port))
        up = ("--config", str(config), "up", "--state", str(state))
        running = stack.enter_context(serving(state, *up, DUNGHEN_KAFKA_PARTITIONS="1"))
        running.line()
        ends = json.loads((state / "run" / "endpoints.json").read_bytes())
        http = stack.enter_context(httpx.Client(base_url=ends["api"], timeout=60))
        yield Office(running, box, http, TestKafka(ends["kafka"], client_login(state)))


def now() -> int:
    return time.time_ns() // 1_000_000


def received(dossier: str, due: int) -> Received:
    at = now()
    return Received(
        event_id=f"{dossier}-1", dossier_id=dossier, occurred_at=at - HOUR, received_at=at,
        source="office", unit="pxd", officer="cb-1", due_at=due,
    )  # fmt: skip


def finished(dossier: str) -> Finished:
    return Finished(
        event_id=f"{dossier}-2", dossier_id=dossier, occurred_at=now(), received_at=now(),
        source="office",
    )  # fmt: skip


def acknowledging(mails: list[tuple[str, EmailMessage]], api: str) -> dict[str, str]:
    """By dossier the path of the link that acknowledges, from the mails of the head alone."""
    found: dict[str, str] = {}
    for address, mail in mails:
        body = mail.get_body(("plain",))
        assert body is not None
        for paragraph in body.get_content().split("\n* ")[1:] if address == HEAD_MAIL else ():
            dossier = next(each for each in (ENDS, STAYS) if each in paragraph)
            first, *_ = re.findall(rf"{re.escape(api)}(/alerts/act/\S+)", paragraph)
            found[dossier] = first
    return found


def test_from_the_passing_of_time_to_the_end(office: Office, tmp_path: Path) -> None:
    due = now() + AHEAD
    office.tell(received(ENDS, due), received(STAYS, due))
    # Nothing comes any more but time.
    [raised] = office.wait_for(ENDS, bool)
    assert (raised["transition"], raised["due_at"]) == ("raised", due)
    assert office.listed("waiting") == {ENDS, STAYS}
    api = str(office.http.base_url).rstrip("/")
    wait_for(lambda: len(acknowledging(office.box.mails, api)) == 2, PATIENCE, what="the mail")
    links = acknowledging(office.box.mails, api)

    preview = office.http.get(links[ENDS])
    assert (preview.status_code, "Lê Thị Bình" in preview.text) == (200, True)
    assert (office.actions(), len(office.thread(ENDS))) == ({}, 1), "looking acts on nothing"

    assert "Đã ghi nhận" in office.press(links[ENDS])
    *_, taken = office.wait_for(ENDS, lambda thread: len(thread) > 1)
    assert (taken["transition"], taken["sequence"]) == ("acknowledged", 2)
    assert (taken["taken_by"], taken["taken_until"] - taken["occurred_at"]) == (HEAD, 8 * HOUR)
    assert "không thay đổi gì" in office.press(links[ENDS])
    assert list(office.actions().values()) == ["acknowledge"]
    assert (office.listed("taken"), office.listed("waiting")) == ({ENDS}, {STAYS})
    assert "Đã nhận" in office.http.get("/alerts?state=taken").text

    office.press(links[STAYS])
    office.wait_for(STAYS, lambda thread: len(thread) > 1)
    with office.without_kafka():
        asked = office.http.post(
            f"/api/v1/alerts/{taken['alert_id']}/actions",
            json={"action": "ask", "sequence": 2, "text": "Vì sao chưa trả kết quả?"},
        )
        assert (asked.status_code, asked.json()["how"]) == (202, "stored"), asked.text
    *_, last = office.wait_for(ENDS, lambda thread: len(thread) > 2)
    assert (last["action"], last["transition"]) == ("ask", "acknowledged")
    # What was on its way when Kafka fell silent may stand in the log twice, as one event.
    assert sorted(office.actions().values()) == ["acknowledge", "acknowledge", "ask"]
    assert asked.json()["event_id"] in office.actions()

    office.tell(finished(ENDS))
    office.wait_for(ENDS, lambda thread: thread[-1]["transition"] == "resolved")
    story = [(each["transition"], each.get("action", "")) for each in office.thread(ENDS)]
    assert story == [
        ("raised", ""), ("acknowledged", "acknowledge"), ("acknowledged", "ask"), ("resolved", ""),
    ]  # fmt: skip
    wait_for(lambda: office.listed("taken") == {STAYS}, PATIENCE, every=0.3, what="the inbox")
    assert office.listed("done") == {ENDS}

    report = answer("verify", "--state", str(tmp_path / "state"))
    assert report["equal"] is True
    compared = {check["name"]: check["compared"] for check in report["checks"]}
    # Two threads without a gap, and of each dossier its alerts and whether a step is over.
    assert compared["alerts = recount of the log"] == 6
    assert compared["texts of what people did"] == 1
    [record] = [r for r in office.topic("dossiers") if r.get("dossier_id") == STAYS][-1:]
    assert "acknowledge" in json.dumps(record["actions"])
