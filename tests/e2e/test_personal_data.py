"""500 forms of a citizen's data in every field of every way in, and nowhere afterwards.

One installation, one run: what is posted as the portal's payloads and as plain events, ingested
from a file, and asked for in addresses. Looked through are the answers, what commands print, mails,
every topic and Kafka's files, every table of ClickHouse and its files, logs, the spool while Kafka
is away, a backup, and all else in the state folder.
"""

from __future__ import annotations

import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from confluent_kafka import Producer

from api.access.keys import key_hash
from dossiers.wire.topics import DEAD_LETTERS, EVENTS
from dunghen.api_client.inner import RemoteClickHouse
from infra.kafka.login import client_login
from tests.e2e.planting import (
    OFFICER,
    UNIT,
    Form,
    all_forms,
    days,
    forms_of_records,
    lines,
    payloads,
    raw_records,
)
from tests.e2e.product import PATIENCE, Serving, dunghen, serving
from tests.e2e.searching import Seen, as_they_are, cores, leaks, read_clickhouse, read_kafka
from tests.sinks.receivers import letterbox
from tests.support import wait_for
from tests.support.kafka import TestKafka

pytestmark = pytest.mark.timeout(1200)
KEY = "a-key-of-somebody"
TEXTS, NUMBERS = "words", "numbers"
REFERENCE = f"""
units = [{{ id = "{UNIT}", name = "Sở Xây dựng", supervisor_email = "truong@so.vn" }}]
officers = [{{ id = "cb-1", name = "{OFFICER}", unit = "{UNIT}" }}]
# Whatever day and hour it is, nobody waits for the mail.
alert_policies = [{{ group_seconds = 0, quiet = ["00:00", "00:00"] }}]
"""
# The one list at the door where unknown names stand in clear, for who may add them.
LIST = ("personal", "missing-names.json")
FORMS = all_forms()
RAW = forms_of_records()


def settings(folder: Path, smtp_port: int) -> Path:
    reference = folder / "reference.toml"
    reference.write_text(REFERENCE, "utf-8")
    found = folder / "dunghen.toml"
    found.write_text(
        f'[live]\nreference = "{reference}"\n'
        f'[api.senders.somebody]\nkey_sha256 = "{key_hash(KEY)}"\n'
        f'[notify]\nenabled = true\nsmtp_host = "127.0.0.1"\nsmtp_port = {smtp_port}\n'
    )
    return found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("personal")
    found, state = Seen(), folder / "state"
    with letterbox() as (box, smtp_port):
        config = str(settings(folder, smtp_port))
        with serving(state, "--config", config, "up", "--state", str(state)) as stack:
            stack.line()  # the wall's address, once it is there
            endpoints = json.loads((state / "run" / "endpoints.json").read_bytes())
            kafka = TestKafka(endpoints["kafka"], client_login(state))
            as_they_are(kafka)
            with httpx.Client(base_url=endpoints["api"], timeout=60) as http:
                post(http, FORMS, found)
                spooled(http, stack, found)
            with ThreadPoolExecutor(2) as both:
                asked = both.submit(ask, endpoints["api"], found)
                ingest(folder, state, found)
                asked.result()
            write(kafka)
            wait_for(lambda: stack.folded() >= found.accepted, PATIENCE, what="folding")
            said = dunghen("verify", "--state", str(state), "--json")  # waits for ClickHouse, too
            assert json.loads(said.stdout.splitlines()[-1])["equal"] is True
            found.add("verify", said.stdout, said.stderr)
            found.add("list", dunghen("reference", "missing", "--state", str(state)).stdout)
            look(endpoints["api"], found)
            command_lines(state, folder / "backup", found)
            read_kafka(kafka, found)
            read_clickhouse(RemoteClickHouse(endpoints["api"], endpoints["token"]), found)
            for address, message in box.wait(1):
                parts = [str(part.get_content()) for part in message.iter_parts()]
                found.add(f"mail to {address}", str(message), *parts)
    found.add("stderr", stack.errors.read_text())
    found.add_files("state", state, [state.joinpath(*LIST)])
    found.add_files("backup", folder / "backup")
    found.add("list", state.joinpath(*LIST).read_text("utf-8"))
    return found


def post(http: httpx.Client, forms: list[Form], found: Seen, way: str = "http") -> None:
    """Every field of every payload, of one form after the other."""
    for number, form in enumerate(forms):
        for path, body in payloads(form, number, way):
            answer = http.post(
                f"/api/v1/{path}",
                json=body,
                params={"note": form.text},
                headers={"X-API-Key": KEY, "User-Agent": f"x {form.core}", "Referer": form.core},
            )
            assert answer.status_code in (200, 202, 400, 422), answer.text
            found.accepted += answer.json().get("accepted", 0)
            found.add(f"POST {path}", answer.text, str(answer.headers))
        if number % 25 == 0:
            broken = f'{{"data": "{form.text}'.encode()
            for key in (KEY, form.core):
                answer = http.post("/api/v1/portal", content=broken, headers={"X-API-Key": key})
                found.add("POST broken", answer.text)


def write(kafka: TestKafka) -> None:
    """Records that nobody can take, past all doors."""
    producer = Producer(kafka.client)
    records = [record for form in RAW for record in raw_records(form)]
    for key, value in records:
        producer.produce(EVENTS, key=key.encode(), value=value)
    assert producer.flush(30) == 0
    wait_for(
        lambda: len(kafka.read_all(DEAD_LETTERS)) >= len(records), PATIENCE, what="dead letters"
    )


def spooled(http: httpx.Client, stack: Serving, found: Seen) -> None:
    """While Kafka stands still, what is posted waits on disk."""
    pid = stack.processes()["kafka"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        every = FORMS[::50]
        events = [record for form in every for record in payloads(form, 1, "spool")[2][1]["events"]]
        body = {"events": events}
        answer = http.post("/api/v1/events", json=body, headers={"X-API-Key": KEY})
        assert answer.status_code == 202, answer.text
        assert answer.json()["stored"] == "spool"
        found.accepted += answer.json()["accepted"]
        found.add_files("spooled", stack.state / "spool")
    finally:
        os.kill(pid, signal.SIGCONT)


def ingest(folder: Path, state: Path, found: Seen) -> None:
    """The same from a file, a record or a payload a line."""
    file = folder / "records.jsonl"
    text = "\n".join(line for n, form in enumerate(FORMS) if n % 4 < 2 for line in lines(form, n))
    file.write_text(f"{text}\n{{{FORMS[1].text}", "utf-8")
    said = dunghen(
        "ingest", str(file), "--unit", FORMS[0].text, "--state", str(state), "--json", status=1
    )
    found.accepted += json.loads(said.stdout.splitlines()[-1])["accepted"]
    found.add("ingest", said.stdout, said.stderr)


def ask(api: str, found: Seen) -> None:
    """For somebody, by what is planted. Who asks knows what was typed, so that answers to just
    this are not looked through; topics, tables and logs are."""
    places = ("api/v1/dossiers/", "dossiers/", "overdue/", "api/v1/units/", "api/v1/officers/",
              "api/v1/dossiers?unit=", "api/v1/alerts?unit=", "wall?key=")  # fmt: skip
    with httpx.Client(base_url=api, timeout=60) as http:
        for number, form in enumerate(FORMS[::4]):
            http.get(f"/{places[number % len(places)]}{form.text}")
            http.get("/api/v1/dossiers", params={form.core: form.text, "cursor": form.text})


def look(api: str, found: Seen) -> None:
    """Everything that answers about dossiers."""
    with httpx.Client(base_url=api, timeout=60) as http:
        listed = http.get("/api/v1/dossiers", params={"limit": 1000}).json()
        ids = [entry["id"] for entry in listed["dossiers"]]
        assert len(ids) > 500
        paths = ["units?limit=1000", "officers?limit=1000", "dossiers?limit=1000",
                 "alerts?limit=1000", "tallies", "counts", "coverage", "state", "dead-letters",
                 *(f"dossiers/{id_}" for id_ in ids[::50])]  # fmt: skip
        pages = ["/metrics", "/health/ready", "/", "/data", "/dossiers?lang=en", "/dossiers.csv",
                 "/units", "/units.csv", f"/units/{UNIT}?lang=en", f"/units/{UNIT}.csv",
                 *(f"/dossiers/{id_}?lang=en" for id_ in ids[::100])]  # fmt: skip
        for path in [*(f"/api/v1/{path}" for path in paths), *pages]:
            answer = http.get(path)
            assert answer.status_code == 200, (path, answer.text)
            found.add(f"GET {path}", answer.text)


def command_lines(state: Path, backup: Path, found: Seen) -> None:
    month = f"{days(0):%Y-%m}"
    commands = (
        ("late-list", "draft", "--month", month), ("dead-letters", "list"), ("status", "--json"),
        ("audit", "list", "--json"), ("backup", str(backup)), ("dead-letters", "list", "--json"),
    )  # fmt: skip

    def run(arguments: tuple[str, ...]) -> None:
        said = dunghen(*arguments, "--state", str(state))
        found.add(" ".join(arguments), said.stdout, said.stderr)

    with ThreadPoolExecutor(2) as several:
        list(several.map(run, commands))


def test_there_was_something_to_find(seen: Seen) -> None:
    assert seen.accepted > 3_000
    assert seen.topics["dossier-events"] > seen.accepted
    assert min(seen.rows[name] for name in ("dossiers", "alerts", "dossier_events")) > 500
    assert any(where.startswith("state/logs/") and text for where, text in seen.texts)
    assert any(where.startswith("mail ") for where, _ in seen.texts)
    # What may be kept, an officer's name, is found where it is kept: the search sees these places.
    kept = {where.partition(".")[0] for where in seen.places(OFFICER)}
    assert kept >= {"topic dossier-events", "topic dossiers", "table dunghen"}
    for copy in ("state/kafka/data/dossier-events-", "backup/kafka/data/dossier-events-"):
        assert any(where.startswith(copy) for where in seen.places(OFFICER))
    assert any(where.startswith("spooled/") and "d-1" in text for where, text in seen.texts)


def test_unknown_names_are_shown_as_such(seen: Seen) -> None:
    shown = seen.places("chưa có trong danh mục (")
    assert {"GET /api/v1/units?limit=1000", "GET /"} <= shown
    assert seen.places("not in the reference data (") >= {"GET /dossiers?lang=en"}


@pytest.fixture(scope="module")
def planted(seen: Seen) -> list[tuple[str, set[str]]]:
    """Where something stands that was planted, and the cores of it: looked for once."""
    wanted = {form.core for form in (*FORMS, *RAW)}
    return [(where, found) for where, text in seen.texts if (found := cores(text, wanted))]


def told(planted: list[tuple[str, set[str]]], forms: list[Form]) -> dict[str, list[str]]:
    wanted = {form.core for form in forms}
    return {where: sorted(found & wanted)[:5] for where, found in planted if found & wanted}


@pytest.mark.parametrize("kind", [TEXTS, NUMBERS])
def test_nothing_that_was_planted_is_anywhere(
    planted: list[tuple[str, set[str]]], kind: str
) -> None:
    wanted = [form for form in FORMS if form.is_number == (kind == NUMBERS)]
    places = [each for each in planted if kind == NUMBERS or each[0] != "list"]
    found = told(places, wanted)
    assert not found, (len(found), sorted(found.items())[:40])


def test_of_records_that_nobody_takes_nothing_travels_on(
    seen: Seen, planted: list[tuple[str, set[str]]]
) -> None:
    """They stand where they were written, and nowhere else."""
    assert seen.topics[DEAD_LETTERS] == seen.rows["dead_letters"] > 200
    own = [each for each in planted if EVENTS in each[0]]
    assert len(told(own, RAW)) > 2  # in the topic, its files, and the backup's
    found = told([each for each in planted if each not in own], RAW)
    assert not found, (len(found), sorted(found.items())[:40])


def lists(seen: Seen) -> list[tuple[str, str]]:
    """As the command showed it, and the file."""
    return [(where, text) for where, text in seen.texts if where == "list"]


def test_unknown_names_stand_in_the_list_at_the_door(seen: Seen) -> None:
    words = [form for form in FORMS if not form.is_number and "@" not in form.text]
    file, command = (leaks(Seen([each]), words)["list"] for each in lists(seen))
    assert len(file | command) > len(words) // 2
    assert "aliases" in lists(seen)[0][1]  # what to add
    assert any("/api/v1/reference/missing" in text for _, text in seen.texts)  # who looked
    # The names that are known have their hashes in the reference data, for what came before.
    assert '"hashed":{"kh-' in "".join(t for w, t in seen.texts if w == "topic reference")
