"""A dossier's control slip and the letter of apology, to be completed and signed elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Response

from api.pages.dossiers.amounts import Written
from api.pages.dossiers.letter_words import apology_of, can_apologise, slip_of
from api.pages.dossiers.story import DossierStory, story_of
from api.pages.file_answers import attached
from api.pages.rendering import calendar_in_use
from api.pages.words import words_of
from api.problems import responses
from api.queries import find_dossier
from api.viewer import LoadedViewer, Viewer
from documents.large import TooLarge
from documents.letters.making import Form, letter_file
from documents.letters.told import Apology, ControlSlip

router = APIRouter(tags=["pages"])
_MEDIA: dict[Form, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MARKS = {"live": "", "simulation": "MÔ PHỎNG", "replay": "PHÁT LẠI"}
Make = Callable[[DossierStory, Written, str], ControlSlip | Apology]


def _answers(form: Form) -> dict[int | str, dict[str, Any]]:
    content = {_MEDIA[form]: {"example": "%PDF…" if form == "pdf" else "PK…"}}
    return {200: {"description": "The file", "content": content}, **responses(404, 422, 503)}


def _offer(form: Form) -> None:
    """A route for each form: what is no form is no path of ours."""

    @router.get(
        f"/letters/control.{form}/{{dossier:path}}",
        summary=f"{form.upper()}: who held a dossier, and who was on time",
        response_class=Response,
        responses=_answers(form),
    )
    async def control_slip(viewer: LoadedViewer, dossier: str) -> Response:
        """Phiếu kiểm soát quá trình giải quyết hồ sơ (form 06), from the dossier's holdings."""
        return await _file(viewer, dossier, form, slip_of, "phieu-kiem-soat")

    @router.get(
        f"/letters/apology.{form}/{{dossier:path}}",
        summary=f"{form.upper()}: a letter of apology with blanks",
        response_class=Response,
        responses=_answers(form),
    )
    async def apology(viewer: LoadedViewer, dossier: str) -> Response:
        """Văn bản xin lỗi và đề nghị gia hạn (form 04) of a dossier that is open or late. Whom it
        goes to stays blank: the one-stop system knows."""
        return await _file(viewer, dossier, form, _apology, "van-ban-xin-loi")


def _apology(story: DossierStory, say: Written, mark: str) -> Apology:
    if not can_apologise(story):
        raise HTTPException(404, f"Dossier {story.id} is neither open with a due time nor late.")
    return apology_of(story, say, mark)


async def _file(viewer: Viewer, dossier: str, form: Form, make: Make, name: str) -> Response:
    row = await find_dossier(
        viewer.live.query, viewer.live.config.timeline, dossier, viewer.scopes()
    )
    if row is None:
        raise HTTPException(404, f"There is no dossier {dossier}.")
    say = Written(words_of("vi"), calendar_in_use(viewer))
    now = max(viewer.view.watermark or 0, row["as_of"])
    in_force, labels = viewer.view.in_force, viewer.labels
    mark = _MARKS[viewer.live.config.mode]

    def told() -> ControlSlip | Apology:
        return make(story_of(row["id"], row["facts"], now, in_force, labels), say, mark)

    try:
        # In a thread: a long story takes milliseconds, and the feed must not wait for it.
        content = await letter_file(await asyncio.to_thread(told), form)
    except TooLarge as error:
        raise HTTPException(503, str(error)) from error
    return Response(content, media_type=_MEDIA[form], headers=attached(f"{name}.{form}"))


for _form in _MEDIA:
    _offer(_form)
