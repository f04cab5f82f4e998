"""``python -m dunghen``."""

from __future__ import annotations

from dunghen.cli import main

main()
