"""Which alert policy holds for a dossier: that of the unit that has it now, and its procedure."""

from __future__ import annotations

from dossiers.reference.context import Context
from dossiers.reference.policies import AlertSettings
from dossiers.wire.course import Course


def settings_of(course: Course, context: Context) -> AlertSettings:
    """Of the dossier with this course; cached there."""
    return context.alert_settings(context.present_unit(course.unit), course.procedure)
