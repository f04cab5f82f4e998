"""The course of a dossier under the version of the reference data that judges it."""

from __future__ import annotations

from dossiers.fold.folding import extend, fold
from dossiers.wire.course import Course
from dossiers.wire.facts import Fact
from dossiers.wire.records import DossierRecord
from streams.partition.reference_versions import ReferenceVersions


def extended(versions: ReferenceVersions, record: DossierRecord, fact: Fact) -> Course | None:
    """The course of ``record`` with ``fact`` as its last one.

    None if all facts have to be folded: either only that can tell, or the dossier ends with this
    fact at an instant of another version than the one that has judged it so far.
    """
    judge = versions.judging(record.course.finished_at)
    course = extend(record.course, fact, judge)
    if course is None or versions.single or versions.judging(course.finished_at) is judge:
        return course
    return None


def folded(versions: ReferenceVersions, facts: list[Fact], ended_at: int | None) -> Course:
    """The course of ``facts``, which are in order. ``ended_at``: the dossier's end (ms) as known
    so far.

    A dossier ends at the same instant under every version, so one fold is enough unless its end
    has changed.
    """
    likely = versions.judging(ended_at)
    course = fold(facts, likely)
    judge = versions.judging(course.finished_at)
    return course if judge is likely else fold(facts, judge)
