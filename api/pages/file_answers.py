"""What is downloaded, as an answer."""

from __future__ import annotations

from fastapi import Response

from api.asked import Language
from documents.cells import BOM
from dossiers.reference.unlisted import in_english

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attached(name: str) -> dict[str, str]:
    """The header by which a browser keeps the answer as a file of this name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def csv_answer(text: str, name: str, lang: Language) -> Response:
    """CSV ``text`` as the file ``name``.csv, in the reader's language."""
    said = in_english(text) if lang == "en" else text
    return Response(BOM + said, media_type=CSV, headers=attached(f"{name}.csv"))
