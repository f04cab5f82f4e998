"""Where what pages are made of lies."""

from __future__ import annotations

from pathlib import Path

DASHBOARDS = Path(__file__).parents[2] / "dashboards"
PAGES = DASHBOARDS / "pages"
TEMPLATES = PAGES / "templates"
MESSAGES = PAGES / "messages"
