"""Chromium as the tests and the pictures start it."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]


def executable() -> str | None:
    """The system's Chromium; None leaves the choice to Playwright."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def launch(playwright: Playwright) -> Browser:
    """A browser with a new profile of its own."""
    return playwright.chromium.launch(executable_path=executable(), args=FLAGS)
