"""The verdicts that stand beside the one that counts: without any rewrite, and with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dossiers.reference.context import Context
from oracle.due_changes import DueChanges, judge_changes
from oracle.statements import ENDS, Statement
from oracle.verdicts import Verdict, judged
from oracle.walk import walk


def is_rewritten(said: Sequence[Statement], changes: DueChanges) -> bool:
    """Whether a due time was rewritten, or an end or a reception said in place of another."""
    return bool(changes.flagged) or any(told.instead for told in said)


def without_rewrites(
    said: Sequence[Statement], changes: DueChanges, as_of: int, context: Context
) -> Verdict:
    """The verdict at ``as_of`` (ms) as if nothing had been rewritten."""
    line = [told for told in said if not told.instead]
    way = walk(line, context, changes.counting - changes.flagged, freely=True)
    return judged(way, as_of, context)


def with_all_rewrites(said: Sequence[Statement], as_of: int, context: Context) -> Verdict:
    """The verdict at ``as_of`` (ms) as if every rewrite counted, the last one of each."""
    receptions = [told for told in said if told.what == "received" and told.instead]
    last = max(receptions, key=lambda told: told.news, default=None)
    end, opened = _last_end(said)
    full = [
        _silent(told) if told.what == "received" and last not in (None, told) else told
        for told in _without_gaps(said, opened)
    ]
    every = judge_changes(full, context).every
    place = next((n for n, told in enumerate(full) if told is end), -1)
    return judged(walk(full, context, every, end=place, freely=True), as_of, context)


def _last_end(
    said: Sequence[Statement],
) -> tuple[Statement | None, list[tuple[Statement, Statement]]]:
    """The end that was told last; None where it is open again, or never ended. And the ends before
    that, each with what opened the dossier again."""
    found: Statement | None = None
    opened: list[tuple[Statement, Statement]] = []
    in_turn = sorted(said, key=lambda told: told.news if told.instead else told.order)
    for told in in_turn:
        if told.what == "reopened" or (told.what == "unended" and not told.status):
            if found is not None:
                opened.append((found, told))
            found = None
        elif told.what in ENDS and (found is None or told.instead):
            while opened and told.at < opened[-1][1].at:
                opened.pop()  # it had been over all the while
            found = told
    return found, opened


def _without_gaps(
    said: Sequence[Statement], opened: Sequence[tuple[Statement, Statement]]
) -> list[Statement]:
    """Of a dossier that was opened again, nothing stops the clock between its end and that; the end
    itself had let the clock run."""
    ends = [end for end, _ in opened]
    found: list[Statement] = []
    for told in said:
        within = any(end.order < told.order < again.order for end, again in opened)
        if any(told is end for end in ends):
            found.append(replace(told, what="resumed"))
        else:
            found.append(_silent(told) if within and told.what == "suspended" else told)
    return found


def _silent(told: Statement) -> Statement:
    """Whose it was and in which step, as ``told`` says, and nothing else of it."""
    return replace(told, what="shown", due=None)
