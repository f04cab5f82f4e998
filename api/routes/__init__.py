"""REST, one subject a file; ``routers`` is what the application includes."""

from __future__ import annotations

from api.routes import (
    alert_actions,
    alert_deliveries,
    alerts,
    counts,
    coverage,
    dead_letters,
    dossiers,
    health,
    ingest,
    missing,
    officers,
    publication_steps,
    publications,
    publications_together,
    roster,
    tallies,
    units,
    wall,
    walls,
)

routers = (
    units.router,
    officers.router,
    dossiers.router,
    alerts.router,
    alert_actions.router,
    alert_deliveries.router,
    tallies.router,
    counts.router,
    coverage.router,
    dead_letters.router,
    missing.router,
    wall.router,
    walls.router,
    roster.router,
    publication_steps.router,
    publications_together.router,
    publications.router,
    ingest.router,
    health.router,
)
