"""A template filled, with the same bytes for the same values."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from docx.document import Document as DocumentObject
from docxtpl import DocxTemplate

_STAMP = (1980, 1, 1, 0, 0, 0)  # of every part: the bytes must not depend on when


def docx_of(template: DocumentObject, values: Mapping[str, Any], title: str, at: int) -> bytes:
    """``values``: texts that have been through ``typeset.texts``, and lists of them. ``at``: ms."""
    about = template.core_properties
    about.title, about.language, about.author = title[:250], "vi-VN", ""
    about.created = about.modified = datetime.fromtimestamp(at // 1000, UTC).replace(tzinfo=None)
    about.last_modified_by, about.revision, about.comments = "", 1, ""
    buffer = io.BytesIO()
    template.save(buffer)
    filled = DocxTemplate(buffer)
    filled.render(dict(values), autoescape=True)
    made = io.BytesIO()
    filled.save(made)
    return _stamped(made)


def _stamped(made: io.BytesIO) -> bytes:
    result = io.BytesIO()
    with (
        zipfile.ZipFile(made) as parts,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as stamped,
    ):
        for name in sorted(
            parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)
        ):
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            stamped.writestr(info, parts.read(name))
    return result.getvalue()
