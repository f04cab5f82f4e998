"""From a template and its data to a PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import typst

from documents.typeset.fonts import font_folders

_TEMPLATES = Path(__file__).with_name("templates")
_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]


def pdf_of(template: str, content: Any, at: int) -> bytes:
    """A PDF of ``template`` (name of a file in templates/). ``content``: what it reads as JSON;
    texts in it have been through ``texts``. ``at``: when the content is of (ms), for the file's own
    dates. The same arguments give the same bytes. Raises fonts.FontsMissing."""
    made = typst.compile(
        _TEMPLATES / f"{template}.typ",
        format="pdf",
        root=_TEMPLATES,
        font_paths=list(font_folders()),
        ignore_system_fonts=True,
        sys_inputs={"content": msgspec.json.encode(content).decode()},
        pdf_standards=_STANDARDS,
        timestamp=at // 1000,
    )
    assert isinstance(made, bytes)  # noqa: S101 (a PDF is one piece)
    return made
