"""What the pages of the public site load: styles, scripts, type, and a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.pages.places import DASHBOARDS
from api.public.asking import ICON
from dunghen.late_list.static_links import ASSETS

_PAGES = ("styles/theme.css", "styles/public.css",
          "modules/late_list_proof.js", "modules/late_list_verify.js")  # fmt: skip
_PACKAGED = re.compile(r"/assets/npm/([\w@.+/-]+)")


def assets_of() -> Iterator[tuple[str, bytes]]:
    """(path within the site, content) of each."""
    yield f"{ASSETS}/{ICON}", (DASHBOARDS / "wall" / ICON).read_bytes()
    for name in _PAGES:
        yield f"{ASSETS}/pages/{name}", (DASHBOARDS / "pages" / name).read_bytes()
    tokens = (DASHBOARDS / "tokens.css").read_text("utf-8")
    for package in sorted(set(_PACKAGED.findall(tokens))):
        yield f"{ASSETS}/npm/{package}", (DASHBOARDS / "node_modules" / package).read_bytes()
    yield f"{ASSETS}/tokens.css", _PACKAGED.sub(r"npm/\1", tokens).encode()
