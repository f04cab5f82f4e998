"""A QR code as an SVG."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str) -> str:
    """Black on white; a quarter of it may be dirty."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", border=0, xmldecl=False, nl=False
    )
    return buffer.getvalue().decode()
