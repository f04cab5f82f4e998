"""Looking and acting as a person of the simulated city ("xem như").

Whoever sits at the machine of a simulation may see what a head of a commune, an officer, the reform
office, a leader or the public sees. The choice stands in a signed cookie of one browser and takes
the place of the rights of this machine. It is less than these in every case: it counts only where
this machine is admin, and only on a timeline that is a simulation, whose people are invented.
"""

from __future__ import annotations

import secrets

import msgspec

from api.access.principal import Principal, Role

PURPOSE = "acting"
COOKIE = "dunghen-acting"
HOURS = 8.0
ACTED: tuple[Role, ...] = ("supervisor", "officer", "reform_office", "leader", "public")


class Acting(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a browser acts as. ``unit``: of a supervisor; ``officer``: who it is, "" for a role
    without a person. ``until``: s since 1970. ``timeline``: the simulation it was chosen in."""

    id: str
    timeline: str
    role: Role
    until: float
    unit: str = ""
    officer: str = ""

    @property
    def principal(self) -> Principal:
        """Who asks in place of this machine."""
        return Principal(
            f"loopback as {self.target}",
            frozenset({self.role}),
            "acting",
            (self.unit,) if self.role == "supervisor" and self.unit else (),
            self.officer,
            self.id,
            self.until,
        )

    @property
    def target(self) -> str:
        """For the audit trail: the officer, or the role."""
        return f"officer:{self.officer}" if self.officer else self.role


def acting_as(
    timeline: str, role: Role, now: float, *, unit: str = "", officer: str = ""
) -> Acting:
    """A new choice. ``now``: s since 1970."""
    return Acting(
        id=secrets.token_urlsafe(12),
        timeline=timeline,
        role=role,
        until=now + HOURS * 3600,
        unit=unit,
        officer=officer,
    )
