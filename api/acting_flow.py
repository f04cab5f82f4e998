"""Beginning and ending to act as a person of the simulated city; the page is api.pages.act_as."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.access.acting import COOKIE, HOURS, PURPOSE, acting_as
from api.access.landing import HOME
from api.access.people import Person
from api.sign_in_flow import SignInFlow


def may_act(flow: SignInFlow, request: Request) -> bool:
    """Whether who asks may act as somebody: only at the machine of a simulation."""
    return flow.authenticator.may_act(request.scope, request.headers)


def begin(flow: SignInFlow, request: Request, person: Person) -> Response:
    """From now on this browser is ``person``; on to their home. ``may_act`` was asked."""
    end(flow, request)
    chosen = acting_as(
        flow.authenticator.simulation,
        person.role,
        flow.authenticator.clock(),
        unit="" if person.unit is None else person.unit.id,
        officer="" if person.officer is None else person.officer.id,
    )
    flow.audit.record(chosen.principal, "acting", chosen.target, "/act-as", 303)
    answer = RedirectResponse(HOME, 303)
    text = flow.authenticator.cookies.sign(PURPOSE, chosen)
    flow.set_cookie(answer, COOKIE, text, int(HOURS * 3600))
    return answer


def leave(flow: SignInFlow, request: Request) -> Response:
    """This browser is its machine's admin again."""
    end(flow, request)
    answer = RedirectResponse(HOME, 303)
    flow.delete_cookie(answer, COOKIE)
    return answer


def end(flow: SignInFlow, request: Request) -> None:
    """What was chosen before is over, also for the feeds that it opened."""
    acting = flow.authenticator.acting(request.scope, request.headers)
    if acting is not None:
        flow.authenticator.cookies.end(acting.id, acting.until)
        flow.audit.record(acting.principal, "acting_ended", acting.target, "/act-as", 303)
