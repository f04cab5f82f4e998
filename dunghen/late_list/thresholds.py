"""Below how many dossiers nothing is made of a share, as the settings say."""

from __future__ import annotations

from dossiers.wire.late_lists import Thresholds
from dunghen.settings.installation import Installation


def thresholds_of(installation: Installation) -> Thresholds:
    """Of ``settings.late_list``."""
    found = installation.settings.late_list
    return Thresholds(
        rate_from=found.rate_from, officer_from=found.officer_from, unit_from=found.unit_from
    )
