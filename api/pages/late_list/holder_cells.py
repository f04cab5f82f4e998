"""What was said and decided about one who is charged, as cells of the table."""

from __future__ import annotations

from api.pages.late_list.effects import relieved_of
from api.pages.late_list.holders import CaseHolder, MonthPicture
from api.pages.late_list.wording import ListWords
from api.pages.parts.table import TableCell


def explained_cell(
    each: CaseHolder, say: ListWords, *, explain: str = "", reviewing: bool = False
) -> TableCell:
    """How the first explanation begins, and of how many dossiers there is one; without one,
    ``explain``: address at which the reader may give it. ``reviewing``: one can still come."""
    words, cases = say.words, each.explained
    if not cases:
        sub = words("late_not_yet_explained" if reviewing else "late_no_explanation")
        act = explain if each.cases else ""
        return TableCell(words("late_act_explain") if act else "", act, sub=sub)
    first = next(said for case in cases if (said := case.talk.explained) is not None)
    text = say.text(first.text) if first.text else ""
    lead = text.split("\n")[0].strip()
    shown = lead if 0 < len(lead) <= 60 else (lead[:57].rstrip() + "…" if lead else "")
    files = len(
        {file.sha256 for case in cases if case.talk.explained for file in case.talk.explained.files}
    )
    key = "late_explained_files" if files else "late_explained_bare"
    return TableCell(
        shown or say.reason(cases[0].talk.reason), title=text[:300] if len(lead) > 60 else "",
        sub=words(key, n=say.number(len(cases)), files=files),
    )  # fmt: skip


def decision_cell(each: CaseHolder, picture: MonthPicture, say: ListWords) -> TableCell:
    """What the review came to so far, and what is left of the late ones."""
    words, explained = say.words, len(each.explained)
    if not explained:
        return TableCell("–")
    if each.waiting:
        asked = any(case.talk.unanswered for case in each.waiting)
        done = explained - len(each.waiting)
        sub = words("late_some_decided", n=done, all=explained) if done else ""
        key = "late_asked_back" if asked else "late_waiting"
        return TableCell(words(key), shape="ring", sub=sub)
    accepted = len(each.accepted)
    if not accepted:
        return TableCell(
            words("late_rejected"), shape="lost", sub=words("late_n_dossiers", n=explained)
        )
    key = "late_n_dossiers" if accepted == explained else "late_some_of"
    sub = words(key, n=accepted, all=explained)
    if each.line is not None:
        gone = len(relieved_of(picture, each))
        late = each.line.counts.late
        sub = f"{sub} · {late} → {late - gone}"
    return TableCell(words("late_accepted"), shape="done", tone="fresh", sub=sub)
