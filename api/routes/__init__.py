"""REST and plain pages, one subject a file; ``routers`` is what the application includes."""

from __future__ import annotations

from api.routes import health

routers = (health.router,)
