"""The recount against topic alerts and what states say of them: sequences, what is raised, and who
deals with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from dossiers.reference.in_force import InForce
from dossiers.wire.acted import Acted
from dossiers.wire.alerts import SCOPE_KINDS, Alert, AlertState
from dossiers.wire.keys import is_scope
from dossiers.wire.reading import decoder, read_or_none
from dossiers.wire.records import DossierRecord
from dossiers.wire.topics import ALERTS
from oracle.alerts import KINDS, Dealing, Name, Witness
from oracle.checks.cut import CutPartition, timelines
from oracle.checks.report import Check
from oracle.figures import LogCount
from oracle.ports import ReadTopic

_alert = decoder(Alert)
_OPEN = frozenset({"raised", "acknowledged"})


def check_alerts(
    read: ReadTopic,
    parts: Mapping[int, CutPartition],
    counts: Mapping[int, LogCount],
    in_force: Mapping[int, InForce],
) -> Check:
    """Sequences without gaps; what is overdue, escalated or waits, and who has acknowledged it, is
    what the log says; and the last word on each overdue alert is the truth.

    If a dossier came back after it had been dropped, nothing is known of its former alerts: the
    same one may begin anew. Alerts on units, officers and sources depend on when sums are seen,
    which no log tells: they are left out.
    """
    came_back = {id_ for count in counts.values() for id_ in count.last}
    check = Check("alerts = recount of the log")
    history = _alert_history(read, timelines(parts))
    for id_, alerts in history.items():
        numbers = [alert.sequence for alert in alerts]
        expected = _numbered(numbers, anew=alerts[-1].dossier_id in came_back)
        check.equal(f"sequence of alert {id_}", numbers, expected)
    overdue = _overdue(history)
    for number, part in parts.items():
        done = _by_dossier(part.acted)
        for id_, record in part.records.items():
            if (story := counts[number].stories.get(id_)) is None:
                continue
            at = part.now if story.end is None else story.end
            as_of = max(part.now, record.as_of)
            witness = Witness(story, done.get(id_, ()), as_of, in_force[number].at(at))
            _check_alerts_of(check, record, witness, overdue.get(id_, set()))
    return check


def repeated(acted: Iterable[Acted]) -> int:
    """How many of these came before."""
    all_of_them = [
        (each.dossier_id, each.event_id) for each in acted if not is_scope(each.dossier_id)
    ]
    return len(all_of_them) - len(set(all_of_them))


def _by_dossier(acted: Iterable[Acted]) -> dict[str, list[Acted]]:
    """Each action once."""
    found: dict[str, dict[str, Acted]] = defaultdict(dict)
    for each in acted:
        found[each.dossier_id].setdefault(each.event_id, each)
    return {id_: list(done.values()) for id_, done in found.items()}


def _overdue(history: Mapping[str, Sequence[Alert]]) -> dict[str, set[int]]:
    """By dossier the due times (ms) that the last word of its overdue alerts says have passed."""
    found: dict[str, set[int]] = defaultdict(set)
    for *_, last in history.values():
        if last.kind == "overdue" and last.transition in _OPEN:
            found[last.dossier_id].add(last.due_at)
    return found


def _check_alerts_of(
    check: Check, record: DossierRecord, witness: Witness, overdue: set[int]
) -> None:
    """What the state of one dossier says of its alerts, against the recount; ``overdue``: due times
    (ms) by the topic."""
    standing = {_name(alert): _said(alert) for alert in record.alerts if alert.status in _OPEN}
    others = {name for name in standing if name[0] not in KINDS}
    truth = {name: _told(witness.dealing(name)) for name in witness.raised() | others}
    check.equal(f"alerts of {record.dossier_id}", standing, truth)
    step_over = any(kind == "step_overdue" for kind, *_ in standing)
    check.equal(f"{record.dossier_id} step_overdue", step_over, witness.step_overdue)
    if overdue != {cause for kind, _, cause in standing if kind == "overdue"}:
        check.moved += 1  # the topic is read after the table: the dossier may have gone on


def _name(alert: AlertState) -> Name:
    return alert.kind, alert.level, alert.cause


def _said(alert: AlertState) -> tuple[str, int, str]:
    """Who deals with it by the state, in the form of ``_told``."""
    return alert.taken_by, alert.taken_until, alert.offered_to


def _told(found: Dealing | None) -> tuple[str, int, str]:
    return ("", 0, "") if found is None else (found.person, found.end, found.to)


def _alert_history(read: ReadTopic, ours: Collection[str]) -> dict[str, list[Alert]]:
    """Every transition of the alerts on dossiers, by alert, in the topic's order."""
    history: dict[str, list[Alert]] = defaultdict(list)
    for message in read(ALERTS):
        if (alert := read_or_none(_alert, message.value())) is None:
            continue
        if alert.kind not in SCOPE_KINDS and alert.timeline in ours:
            history[alert.alert_id].append(alert)
    return history


def _numbered(numbers: Sequence[int], *, anew: bool) -> list[int]:
    """What these sequence numbers should be. ``anew``: 1 may come again."""
    found: list[int] = []
    for number in numbers:
        found.append(1 if not found or (anew and number == 1) else found[-1] + 1)
    return found
