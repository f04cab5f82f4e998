"""``/publications/{list}/steps``: submit, approve, publish, sign, correct; and the records."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from api.asked import Language
from api.pages.error_page import error_page
from api.pages.late_list.acts import ListRights, rights_in
from api.pages.late_list.asking import LIST, CasesAsked, list_page
from api.pages.late_list.drafts import draft_links, file_links
from api.pages.late_list.history import history_of, history_texts
from api.pages.late_list.reading import ReadList, read_list, with_texts
from api.pages.late_list.steps import way_of
from api.pages.late_list.telling import ListTold
from api.pages.late_list.typed import NOTHING_TYPED, TypedStep
from api.pages.late_list.wording import ListWords
from api.pages.navigation import PUBLICATIONS
from api.pages.parts.controls import Choice, PageHead
from api.pages.parts.marks import Link
from api.pages.parts.states import Notice
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.rendering import render
from api.pages.words import words_of
from api.publications.book import newest
from api.publications.errors import LateListError
from api.publications.ports import LateListPolicy
from api.viewer import Viewer
from dossiers.wire.late_lists import ListCore


@dataclass(frozen=True)
class StepField:
    """``kind``: of an input, "area" or "select"."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    most: int = 200
    required: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class StepForm:
    """``act``: end of the path that it is sent to; ``upload``: with a file."""

    act: str
    title: str
    note: str
    button: str
    path: str
    seen: int
    request: str
    fields: tuple[StepField, ...] = ()
    problem: str = ""
    upload: bool = False
    main: bool = True


async def show_steps(
    viewer: Viewer,
    lang: Language,
    list_: str,
    told: ListTold | None = None,
    failed: str = "",
    typed: TypedStep = NOTHING_TYPED,
    status: int = 200,
) -> HTMLResponse:
    """``failed``: the act of which ``typed`` is."""
    try:
        read = await read_list(viewer, words_of(lang), list_)
    except LateListError as error:
        gone = error.status == 410
        return error_page(
            viewer, lang, 410 if gone else 404, "late_erased" if gone else "late_no_list"
        )
    edition = read.standing.edition
    say = await with_texts(viewer, read.say, history_texts(edition) if read.picture.whole else ())
    rights = rights_in(viewer, read.standing, say)
    core = await _list_core(viewer, read)
    forms = tuple(_forms(viewer, read, rights, say, failed, typed))
    if failed and typed.problem and all(form.act != failed for form in forms):
        told = ListTold(typed.problem, bad=True)
    return render(
        "late/step.html", viewer, lang, status, active=PUBLICATIONS, told=told,
        head=_head(read, say),
        notices=tuple(_notices(rights, say)),
        steps=await asyncio.to_thread(way_of, read.standing, read.picture, say),
        differences=_differences(read.picture.core, core, read.standing.id, say),
        hashes=_hashes(viewer, read, say) if read.picture.whole else (),
        files=(*draft_links(viewer, read.standing, say), *file_links(read.standing, say)),
        forms=forms,
        history=history_of(edition, say) if read.picture.whole else (),
    )  # fmt: skip


async def _list_core(viewer: Viewer, read: ReadList) -> ListCore | None:
    submitted = read.standing.edition.submitted
    if submitted is None or not read.picture.whole:
        return None
    return await viewer.live.shelf.core(submitted.record.core)


def _head(read: ReadList, say: ListWords) -> PageHead:
    list_ = read.standing.id
    trail = (Link(say.words("late_title"), LIST), Link(say.month(list_), list_page(list_)))
    sub = say.words(f"late_stage_{read.standing.stage}")
    return PageHead(say.words("late_steps_title"), trail, sub)


def _notices(rights: ListRights, say: ListWords) -> Iterator[Notice]:
    """Why what is next is not theirs."""
    why = dict.fromkeys(filter(None, (rights.submit, rights.approve, rights.publish)))
    for each in why:
        yield Notice(each, "locked")


def _differences(
    frozen: ListCore, core: ListCore | None, list_: str, say: ListWords
) -> DataTable | None:
    """None before there is a list."""
    if core is None:
        return None
    pairs = [
        (name, getattr(frozen.whole, name), getattr(core.whole, name))
        for name in ("total", "late", "done", "open", "zero", "excluded")
    ]
    pairs.append(("officers", len(frozen.officers), len(core.officers)))
    columns = (
        TableColumn(say.words("late_diff_what"), phone="lead"),
        TableColumn(say.words("late_diff_frozen"), number=True),
        TableColumn(say.words("late_diff_list"), number=True, phone="main"),
        TableColumn(say.words("late_diff_change"), number=True),
    )
    rows = tuple(_difference(*pair, list_, say) for pair in pairs)
    return DataTable(say.words("late_differences"), columns, rows, id="differences-table")


def _difference(name: str, before: int, after: int, list_: str, say: ListWords) -> DataRow:
    change = after - before
    text = say.words.decimal(change, 0) if change else "0"
    lists = {"late": "late", "done": "done", "open": "open", "zero": "zero"}
    href = CasesAsked(lists[name]).url(list_) if name in lists and before else ""  # type: ignore[arg-type]
    gone = CasesAsked("excluded").url(list_) if name == "excluded" and after else ""
    return DataRow(
        (
            TableCell(say.words(f"late_diff_{name}")),
            TableCell(say.number(before), href),
            TableCell(say.number(after), gone),
            TableCell(text),
        )
    )


def _hashes(viewer: Viewer, read: ReadList, say: ListWords) -> tuple[tuple[str, str], ...]:
    edition, head = read.standing.edition, viewer.live.publications.state.head
    rows = [(say.words("late_hash_frozen"), edition.frozen.record.core)]
    if edition.submitted is not None:
        rows.append((say.words("late_hash_core"), edition.submitted.record.core))
    rows.append((say.words("late_hash_head", n=say.number(head.number)), head.hash))
    return tuple(rows)


def _forms(
    viewer: Viewer,
    read: ReadList,
    rights: ListRights,
    say: ListWords,
    failed: str,
    typed: TypedStep,
) -> Iterator[StepForm]:
    fields = _fields(viewer, read, say)
    wanted = {
        "submit": rights.submit, "approve": rights.approve, "return": rights.send_back,
        "publish": rights.publish, "sign": rights.sign, "correct": rights.correct,
        "reduce": rights.reduce,
    }  # fmt: skip
    for act, why in wanted.items():
        if why != "":
            continue
        mine = typed if act == failed else NOTHING_TYPED
        yield StepForm(
            act=act,
            title=say.words(f"late_act_{act}"),
            note=say.words(f"late_form_{act}"),
            button=say.words(f"late_act_{act}"),
            path=list_page(read.standing.id),
            seen=newest(read.standing.edition),
            request=secrets.token_hex(16),
            fields=tuple(_kept(each, mine) for each in fields.get(act, ())),
            problem=mine.problem,
            upload=act == "sign",
            main=act in ("submit", "approve", "publish"),
        )


def _kept(field: StepField, typed: TypedStep) -> StepField:
    """With what was typed before."""
    value = typed.more.get(field.name, field.value)
    return StepField(
        field.name, field.label, field.kind, value, field.most, field.required, field.choices
    )


def _fields(viewer: Viewer, read: ReadList, say: ListWords) -> dict[str, tuple[StepField, ...]]:
    words, desk = say.words, viewer.live.publication_desk
    policy = desk.lists.policy if desk.open else LateListPolicy()
    today = say.calendar.local_date(say.now).isoformat()
    why = StepField("text", words("late_field_reason"), "area", most=2_000, required=True)
    published = read.standing.published
    pdfs = [f.name for f in published.files if f.name.endswith(".pdf")] if published else []
    return {
        "return": (why,),
        "correct": (why,),
        "publish": (
            StepField("document_no", words("late_field_no"), most=100, required=True,
                      value=f"/{policy.document_code}"),
            StepField("dated", words("late_field_dated"), "date", today, 10, required=True),
            StepField("place", words("late_field_place"), value=policy.place),
            StepField("signer_title", words("late_field_signer_title"), "area",
                      "\n".join(policy.signer_title), 400),
            StepField("signer", words("late_field_signer"), value=policy.signer, most=100,
                      required=True),
        ),
        "sign": (
            StepField("of", words("late_field_of"), "select",
                      choices=tuple(Choice(name, name) for name in pdfs)),
            StepField("signed", words("late_field_file"), "file"),
        ),
    }  # fmt: skip
