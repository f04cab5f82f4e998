"""What a form of these pages sent, also where it was not taken: nothing typed is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message, Receive

from api.access.rules import MOST_IN_HAND, MOST_SIGNED
from api.bodies import Bodies, Body, Full
from api.publications.errors import LateListError
from dossiers.wire.publications import MOST_CASES, MOST_FILE_BYTES, MOST_FILES

MOST_FIELDS = 2 * MOST_CASES + 40
_MOST_VALUE = 16_384  # bytes of a field that is no file
_DIGITS = 16


@dataclass(frozen=True)
class TypedStep:
    """``sent``: whether a form was sent at all; ``picks``: dossiers whose box is set; ``problem``:
    why it was not taken, in words; ``more``: all fields by name."""

    sent: bool = False
    picks: tuple[str, ...] = ()
    reason: str = ""
    text: str = ""
    problem: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


NOTHING_TYPED = TypedStep()


class SentForm:
    """Fields and files of a form, bounded."""

    def __init__(self, fields: Mapping[str, Sequence[str]], files: Sequence[bytes]) -> None:
        self._fields = fields
        self.files = files

    def one(self, name: str, most: int = 2_100) -> str:
        """The first value of a field, "" if there is none."""
        return (self._fields.get(name) or ("",))[0][:most]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a field, each once."""
        return tuple(dict.fromkeys(each[:200] for each in self._fields.get(name, ())))

    def whole(self, name: str) -> int:
        """A whole number, 0 for what is none."""
        text = self.one(name, _DIGITS + 1)
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 0

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a field that are not empty."""
        return tuple(line.strip() for line in self.one(name).splitlines() if line.strip())

    def typed(self, problem: str = "") -> TypedStep:
        """To be shown again."""
        return TypedStep(
            sent=True,
            picks=self.all("pick"),
            reason=self.one("reason", 40),
            text=self.one("text").replace("\r\n", "\n"),
            problem=problem,
            more={name: self.one(name) for name in self._fields},
        )


@asynccontextmanager
async def form_in_hand(request: Request, uploads: Bodies, person: str) -> AsyncIterator[SentForm]:
    """The form, counted among all files on the way for as long as it is dealt with. Raises
    LateListError."""
    try:
        with uploads.opened(person, MOST_IN_HAND) as body:
            yield await sent_form(Request(request.scope, _counted(request.receive, uploads, body)))
    except Full as error:
        detail = "Too many files are on the way: send it again in a moment."
        raise LateListError(429, "often", detail, retry_after=5) from error


def _counted(receive: Receive, uploads: Bodies, body: Body) -> Receive:
    size = 0

    async def take() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        uploads.count(body, size)
        return message

    return take


async def sent_form(request: Request) -> SentForm:
    """Of either encoding; at most as many files as a case may have. Raises LateListError."""
    try:
        form = await request.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=_MOST_VALUE
        )
    except HTTPException as error:  # what is no form, or too much of one
        raise LateListError(422, "form", str(error.detail)) from error
    try:
        return await _bounded(form)
    finally:
        await form.close()


async def _bounded(form: FormData) -> SentForm:
    fields: dict[str, list[str]] = {}
    files: list[bytes] = []
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields.setdefault(name, []).append(value)
        elif value.filename:
            content = await value.read(_most_of(name) + 1)
            files.append(content)
    return SentForm(fields, files)


def _most_of(name: str) -> int:
    return MOST_SIGNED if name == "signed" else MOST_FILE_BYTES
