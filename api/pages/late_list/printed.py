"""The line of an officer as it will be printed: the frozen one without what was taken out."""

from __future__ import annotations

from collections.abc import Iterator

from api.pages.late_list.effects import relieved_of
from api.pages.late_list.holders import CaseHolder, MonthPicture
from api.pages.late_list.wording import ListWords
from dossiers.publication.figures import apologies_text
from dossiers.publication.summing import Summing


def printed_line(
    picture: MonthPicture, holder: CaseHolder, say: ListWords
) -> Iterator[tuple[str, str]]:
    """Name and value of each column, as decided now."""
    words, line = say.words, holder.line
    if line is None:
        return
    gone, sums = relieved_of(picture, holder), Summing()
    for case in holder.cases:
        if case.line.dossier not in gone and case.amount:
            mine = [
                charge
                for charge in case.line.charges
                if (charge.unit, charge.officer) == (holder.unit, holder.officer)
            ]
            said = case.talk.decided_reason or case.talk.reason or case.line.reason
            sums.take(case.line, mine, said)
    counts, days = sums.counts(line.counts.total), sums.days()
    if not counts.late:
        yield words("late_line_excluded"), words("late_mine_line_gone")
        return
    yield words("late_line_name"), say.officer(holder.officer)
    yield words("late_line_position"), say.position(holder.officer) or "–"
    yield words("late_line_unit"), say.unit(holder.unit)
    yield words("late_line_total"), say.number(counts.total)
    yield words("late_line_late"), f"{say.number(counts.done)} / {say.number(counts.open)}"
    rate = say.printed_rate(counts)
    yield words("late_line_rate"), rate if rate == "–" else f"{rate} %"
    yield words("late_line_most"), say.most(days, counts)
    yield words("late_line_mean"), say.mean(days, counts)
    yield words("late_line_reason"), say.reason(sums.reason()) or "–"
    yield words("late_line_apology"), apologies_text(counts, words.language)
    if gone:
        yield words("late_line_excluded"), say.words("late_n_dossiers", n=say.number(len(gone)))
