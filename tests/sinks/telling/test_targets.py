"""Gateways described by templates: what they send, what counts as delivered, what they may not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dossiers.alerting.people import ADMIN
from dossiers.errors import UserError
from dossiers.wire.reference import encode_reference
from dossiers.wire.roster import RosterEntry
from sinks.notifier.channels import DeliveryError
from sinks.telling.config import TellingConfig
from sinks.telling.inputs import Fed
from sinks.telling.memory import Memory, remembered
from sinks.telling.notice_letter import NoticeLetter, Paragraph, Section
from sinks.telling.planning import Planning
from sinks.telling.posting import Undeliverable
from sinks.telling.sending import ways_of
from sinks.telling.targets import Target, TargetRequest, read_targets
from tests.sinks.receivers import Hook
from tests.sinks.telling.rig import LINE, MONDAY, REFERENCE_DATA, Line, Starter, alert
from tests.sinks.topics import PATIENCE_S
from tests.support.waiting import wait_for

NASTY = '"}] ; \r\nX-Evil: 1 & {{ 7*7 }} <script>'
LOOP, END = "{% for each in letter.name %}", "{% endfor %}"
LETTER = NoticeLetter(
    key="group:o1:aa",
    keys=("alert-d1:1",),
    receiver="o1",
    name=NASTY,
    subject="Quá hạn 2 giờ: d1",
    sections=(Section("", (Paragraph("alert-d1:1", "Quá hạn", "", NASTY, (), (), "http://x/"),)),),
    closing=(),
    links=(),
)


def target(**fields: object) -> TargetRequest:
    known = {"name": "gate", "url": "http://gate.test/send", "body": "{{ letter.name | tojson }}"}
    return TargetRequest(Target.model_validate(known | fields), {"TOKEN": "s3cret"})


def test_names_from_outside_stay_values() -> None:
    request = target(
        body='{"to": {{ letter.name | tojson }}, "what": "{{ letter.sections[0].title }}"}',
        headers={"Authorization": "Bearer {{ secret.token }}"},
        secrets={"token": "TOKEN"},
    ).request(LETTER)
    assert json.loads(request.content) == {"to": NASTY, "what": ""}
    assert request.headers["Authorization"] == "Bearer s3cret"
    assert request.headers["Idempotency-Key"] == "group:o1:aa"
    assert "x-evil" not in request.headers


@pytest.mark.parametrize(
    "fields",
    [
        {"headers": {"X-To": "{{ letter.name }}"}},
        {"url": "http://gate.test/{{ letter.name }}"},
        {"url": "{{ letter.sections[0].paragraphs[0].page }}@gate.test/"},
        {"body": "{{ letter.__class__ }}"},
        {"body": "{{ letter.name.__class__.__mro__ }}"},
        {"body": "{{ 'x' * 1000000000 }}"},
        {"body": "{{ 'x'.ljust(1000000000) }}"},
        {"body": "{{ '%1000000000d' % 1 }}"},
        {"body": "{{ 9 ** 999999 }}"},
        {"body": "{{ nobody }}"},
        {"body": f"{LOOP * 3}{'0123456789' * 20}{END * 3}"},
        {"body": f"{LOOP * 4}{END * 4}"},
        {"body": f"{LOOP}{END}" * 13},
        {"body": "{% set x = 'aa' %}"},
        {"body": "{{ letter.name ~ letter.name }}"},
        {"body": "{{ letter.name + letter.name }}"},
        {"body": "{{ [letter.name, letter.name] | join }}"},
        {"body": "{{ letter.name | join(letter.name) }}"},
        {"body": "{{ letter.name | tojson | tojson | tojson | tojson }}"},
        {"body": "{% macro m() %}{{ m() }}{% endmacro %}"},
        {"body": "{% include 'x' %}"},
    ],
    ids=str,
)
def test_what_a_template_may_not_do_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises((Undeliverable, UserError, ValueError)):
        target(**fields).request(LETTER)


def test_an_answer_counts_only_if_it_says_so() -> None:
    gate = target(success={"status": [200], "equals": {"data.error": 0}})
    gate.judge(200, b'{"data": {"error": 0}}')
    for status, answer in (
        (500, b'{"data": {"error": 0}}'), (200, b'{"data": {"error": 5}}'), (200, b"[]"),
        (200, b"no json"), (200, b'{"data": {"error": false}}'), (200, b"[" * 60_000),
    ):  # fmt: skip
        with pytest.raises(DeliveryError):
            gate.judge(status, answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[target]]\nname='a'\nurl='ftp://x'\nbody=''", "is no address"),
        ("[[target]]\nname='a b'\nurl='http://x'\nbody=''", "target.0.name|name"),
        ("[[target]]\nname='a'\nurl='http://x'\nbody='{% for %}'", "cannot be read, line 1"),
        ("[[target]]\nname='a'\nurl='http://x'\nbody=''\nsecrets={t='NOT_SET'}", "not there"),
        ("[[target]]\nname='a'\nurl='http://x'\nbody=''\n" * 2, "two targets of one name"),
        ("other = 1", "other than"),
    ],
)
def test_a_file_of_targets_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "targets.toml"
    file.write_text(text)
    with pytest.raises(UserError, match=said):
        read_targets(file)


def test_a_gateway_gets_what_those_have_chosen_who_want_it(
    line: Line, tell: Starter, hook: str
) -> None:
    Hook.failures = 1
    line.roster(RosterEntry(officer="h1", ways=("webhook",)))
    line.tick(MONDAY)
    gate = target(
        url=hook, body='{"to": {{ letter.receiver | tojson }}}', success={"status": [204]}
    )
    service = tell(targets=(gate,))
    line.raised(alert())
    line.tick(MONDAY + 1_000)
    (first, sent), (again, _) = Hook.wait(2)
    assert json.loads(sent) == {"to": "h1"}
    assert first["Idempotency-Key"] == again["Idempotency-Key"]
    wait_for(lambda: service.status().waiting == 0, PATIENCE_S)
    assert len(Hook.calls) == 2


def test_a_gateway_for_everybody_is_for_people_and_who_has_no_way_is_on_record() -> None:
    line = Line()
    memory = Memory(line.kafka, LINE)
    memory.open()
    gate = target(everybody=True)
    ways = ways_of(TellingConfig("memory", LINE, "live", 2, "http://x", targets=(gate,)))
    assert ways("h1", None) == [("target", "gate")]
    planning = Planning(memory, remembered(line.kafka, LINE), ways)
    planning.take(Fed(reference=[(b"v1", encode_reference(REFERENCE_DATA))], now=MONDAY))
    planning.begin([], MONDAY, told=True)
    silent = alert("", kind="source_silent", unit="", officer="", source="bxd")
    planning.take(Fed(alerts=[silent], offsets={0: 1}))
    step = planning.step(MONDAY + 1)
    assert step.parcels == []
    assert [(each.receiver, each.why) for each in step.withheld] == [(ADMIN, "no_way")]
