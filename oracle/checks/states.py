"""One dossier's state beside its recounted story: what of both must be the same."""

from __future__ import annotations

from dossiers.wire.course import Variant
from dossiers.wire.records import DossierRecord
from oracle.story import Story
from oracle.verdicts import OPEN, Verdict


def state_of(record: DossierRecord) -> tuple[object, ...]:
    """What a state says of its dossier, in the order of ``story_of``."""
    return (
        record.standing.verdict, record.unit, record.course.officer, record.course.due_at,
        record.course.received_at, record.course.finished_at,
    )  # fmt: skip


def story_of(story: Story) -> tuple[object, ...]:
    """What the recount says of a dossier, in the order of ``state_of``."""
    return (
        story.verdict, story.unit, story.officer, story.due, story.received, story.end,
    )  # fmt: skip


def beside(record: DossierRecord, story: Story) -> tuple[dict[str, object], dict[str, object]]:
    """What else there is to be compared: as the state has it, and as it was recounted."""
    found: dict[str, object] = {
        "flags": record.flags,
        "first due time": record.course.first_due_at,
        "procedure": record.course.procedure,
        "extensions": record.course.extensions,
        "last restart": record.course.restarted_at,
        "open again": record.course.reopened_at is not None,
    }
    told: dict[str, object] = {
        "flags": tuple(sorted(story.flags)),
        "first due time": story.first_due,
        "procedure": story.procedure,
        "extensions": story.extensions,
        "last restart": story.restarts[-1] if story.restarts else None,
        "open again": story.open_again,
    }
    as_shown = "backdated" in story.flags
    course, standing = record.course, record.standing
    for name, variant, by_it, verdict in (
        ("without rewrites", course.unrewritten, standing.unrewritten, story.unrewritten),
        ("with all rewrites", course.rewritten, standing.rewritten, story.rewritten),
        ("as shown", course.as_shown, standing.as_shown, story.as_shown if as_shown else None),
    ):
        if name == "as shown" and not as_shown:
            continue
        # Time goes on for an open verdict, but a closed dossier is not looked at again for that.
        timeless = story.verdict in OPEN or (verdict is not None and verdict.standing not in OPEN)
        found[name] = None if variant is None else _of_variant(variant, by_it if timeless else "")
        told[name] = None if verdict is None else _of_verdict(verdict, timeless)
    return found, told


def _of_variant(found: Variant, standing: str) -> tuple[object, ...]:
    return (standing, found.due_at, found.stopped_at, found.outcome, found.finished_at)


def _of_verdict(found: Verdict, timeless: bool) -> tuple[object, ...]:
    standing = found.standing if timeless else ""
    return (standing, found.due, found.stopped, found.ended_by, found.end)
