"""The mapping file: which column of somebody's event log means what (TOML).

    timezone = "Europe/Amsterdam"      # for times without an offset, and for comparing dates
    calendar = "24x7"                  # or "vn-office"
    limit = "15 days"                  # hours, (working) days, months; only without a due column
    finished = "column"                # or "last-event", or a list of activities
    reopen = ["Reopened"]              # activities after which an ended dossier goes on
    time_format = "dd/mm/yyyy"         # if it is not ISO 8601 (sources.time_forms)
    missing = ["NA", "-"]              # cells that say nothing, besides empty ones
    [columns]
    dossier = "case:concept:name"      # required, as are activity and time
    ...

A log whose mapping has neither ``finished`` nor a finished column has no ends: all stays open.
Every mistake is a MappingError: a sentence with the file, the place and the nearest right name.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from dossiers.text.identity import identity
from dossiers.wire.facts import Limit, LimitUnit
from sources.names import nearest
from sources.time_forms import Form, read_form

Role = Literal[
    "dossier",
    "activity",
    "time",
    "officer",
    "responsible",
    "unit",
    "received",
    "due",
    "finished",
    "lifecycle",
]
ROLES: tuple[Role, ...] = get_args(Role)

_LIMIT = re.compile(r"(\d{1,5})\s*(working[ _]days?|hours?|days?|months?)")
_LIMIT_UNITS: dict[str, LimitUnit] = {
    "hour": "hours",
    "day": "days",
    "working day": "working_days",
    "month": "months",
}
# As whole cells: what R, pandas, Python and databases write into files for a value they lack.
MISSING = ("", "NA", "NaN", "nan", "NULL", "null", "None", "\\N")
_MOST_LISTED, _LONGEST = 1_000, 1_000  # texts in a list of the mapping, and characters of any text
Text = Annotated[str, Field(max_length=_LONGEST), AfterValidator(identity)]
Texts = Annotated[list[Text], Field(max_length=_MOST_LISTED)]
_LATER = ("reopen", "time_format", "missing", "traits")
_FINISHED_WORDS = ("column", "last-event")


class Columns(BaseModel):
    """The log's column for each meaning; empty: the log has none. ``lifecycle``: in XES
    ``lifecycle:transition`` if nothing is said."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    dossier: Text = Field(min_length=1)
    activity: Text = Field(min_length=1)
    time: Text = Field(min_length=1)
    officer: Text = ""
    responsible: Text = ""
    unit: Text = ""
    received: Text = ""
    due: Text = ""
    finished: Text = ""
    lifecycle: Text | None = None

    def mapped(self) -> dict[Role, str]:
        """The mapped columns' names by role."""
        return {role: column for role in ROLES if (column := getattr(self, role))}


class TraitColumns(BaseModel):
    """The log's columns for what a dossier is like (dossiers.wire.traits); empty: it has none.

    Numbers as digits, yes and no as 1 and 0 or true and false, several codes with ``|`` between.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    channel: Text = ""
    paid_online: Text = ""
    fees: Text = ""
    fees_charged: Text = ""
    components: Text = ""
    components_with_file: Text = ""
    components_digitised: Text = ""
    components_reused: Text = ""
    components_from_store: Text = ""
    digitised: Text = ""
    result_file: Text = ""
    result_code: Text = ""
    verified_account: Text = ""
    databases: Text = ""
    supplement_components: Text = ""

    def mapped(self) -> dict[str, str]:
        """The mapped columns' names by trait, in the order of the fields."""
        return {name: column for name in type(self).model_fields if (column := getattr(self, name))}


class Mapping(BaseModel):
    """A checked mapping. ``finished`` is None if nothing says how a dossier ends."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    columns: Columns
    traits: TraitColumns = TraitColumns()
    timezone: str = "Asia/Ho_Chi_Minh"
    calendar: Literal["24x7", "vn-office"] = "24x7"
    limit: Text = ""
    finished: Text | Texts | None = None
    reopen: Texts = []
    time_format: Text = ""
    missing: Texts | None = None

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"there is no timezone {name!r}{nearest(name, available_timezones())}")
        return name

    @field_validator("limit")
    @classmethod
    def _readable_limit(cls, text: str) -> str:
        if text and _LIMIT.fullmatch(text.strip().lower()) is None:
            raise ValueError(
                f"{text!r} is no limit: write a number and hours, days, working days or months, "
                'as in "15 days"'
            )
        return text

    @field_validator("finished")
    @classmethod
    def _known_finish(cls, finished: str | list[str] | None) -> str | list[str] | None:
        if isinstance(finished, str) and finished not in _FINISHED_WORDS:
            raise ValueError(
                f'{finished!r} is neither "column" nor "last-event"'
                f"{nearest(finished, _FINISHED_WORDS)}; activities go in a list: [{finished!r}]"
            )
        if finished == []:
            raise ValueError("the list of activities that end a dossier is empty")
        return finished

    @field_validator("time_format")
    @classmethod
    def _known_form(cls, text: str) -> str:
        if text:
            read_form(text)
        return text

    @model_validator(mode="after")
    def _end_is_no_reopening(self) -> Mapping:
        both = self.end_activities.intersection(self.reopen)
        if both:
            raise ValueError(f"reopen: {min(both)!r} is in finished, too; keep it in one of them")
        return self

    @model_validator(mode="after")
    def _finish_has_its_column(self) -> Mapping:
        if self.finished == "column" and not self.columns.finished:
            raise ValueError('finished = "column" needs the column\'s name: [columns] finished')
        return self

    @property
    def ends_by(self) -> Literal["column", "last-event", "activity", "never"]:
        """How a dossier ends. A finished column is enough; said otherwise, it is not looked at."""
        if isinstance(self.finished, list):
            return "activity"
        if self.finished == "last-event":
            return "last-event"
        return "column" if self.columns.finished else "never"

    @property
    def end_activities(self) -> frozenset[str]:
        """The activities that end a dossier; empty unless ``finished`` names them."""
        return frozenset(self.finished) if isinstance(self.finished, list) else frozenset()

    @property
    def default_limit(self) -> Limit | None:
        """The limit of every dossier, or None if there is none or a due column outranks it."""
        match = _LIMIT.fullmatch(self.limit.strip().lower())
        if match is None or self.columns.due:
            return None
        unit = match[2].replace("_", " ").removesuffix("s")
        return Limit(amount=int(match[1]), unit=_LIMIT_UNITS[unit])

    @property
    def time_form(self) -> Form | None:
        """How times are written, if that is said."""
        return read_form(self.time_format) if self.time_format else None

    @property
    def missing_values(self) -> frozenset[str]:
        """Cells that say nothing; an empty one never does."""
        return frozenset(MISSING if self.missing is None else ["", *self.missing])

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of times without an offset."""
        return ZoneInfo(self.timezone)

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of what the mapping says: one timeline holds logs of one mapping."""
        # Keys that came later count only if they are used: older timelines go on.
        skip: dict[str, Any] = {
            key: True
            for key in _LATER
            if getattr(self, key) == type(self).model_fields[key].default
        }
        if self.columns.lifecycle is None:
            skip["columns"] = {"lifecycle"}
        return hashlib.sha256(self.model_dump_json(exclude=skip).encode()).hexdigest()
