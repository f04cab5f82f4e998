"""Events at local times."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dossiers.wire.events import AnyDossierEvent

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def story(*steps: tuple[type[AnyDossierEvent], str, dict[str, object]]) -> list[AnyDossierEvent]:
    return [
        kind(
            event_id=str(number), dossier_id="d", occurred_at=at(when), received_at=at(when),
            source="a", source_seq=number, **more,  # type: ignore[arg-type]
        )
        for number, (kind, when, more) in enumerate(steps)
    ]  # fmt: skip
