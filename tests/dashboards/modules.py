"""The wall's modules, called in the browser that runs them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


def call(page: Page, module: str, body: str, argument: Any = None) -> Any:
    """Run ``body`` with the module as ``m`` and the argument as ``a``."""
    script = f"async (a) => {{ const m = await import('/wall/{module}.js'); {body} }}"
    return page.evaluate(script, argument)
