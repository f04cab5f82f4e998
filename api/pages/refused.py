"""What a person is shown in place of a page: who is signed in, what is missing, whom to ask."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.access.principal import ANYBODY, PEOPLE, Principal
from api.access.rules import Rule
from api.asked import Language, language_of
from api.pages.home.views import is_nobody
from api.pages.parts.marks import Link
from api.pages.parts.states import Blocked
from api.pages.rendering import render
from api.pages.words import Words, words_of
from api.viewer import viewer_of


async def refused_page(request: Request, rule: Rule | None) -> Response:
    """403 for a page that the role does not open, by ``rule``; 404 if there is none. The request's
    scope says who asks (api.access.gate)."""
    said = request.query_params.get("lang")
    chosen: Language | None = "en" if said == "en" else "vi" if said == "vi" else None
    lang, viewer = await language_of(request, chosen), await viewer_of(request)
    words, who = words_of(lang), viewer.principal
    if rule is None:
        blocked = Blocked(
            words("refused_nowhere"), words("refused_nowhere_text"), link=_home(words)
        )
        return render("refused.html", viewer, lang, 404, blocked=blocked, mark="")
    if is_nobody(who):
        text, key = words("home_nobody_text"), "home_nobody"
    else:
        text, key = words("refused_text", roles=_named(rule.roles, words)), "refused"
    blocked = Blocked(words(key), text, who=_who(who, words), link=_home(words))
    return render("refused.html", viewer, lang, 403, blocked=blocked, mark="locked")


def _home(words: Words) -> Link:
    return Link(words("enter_home"), "/")


def _named(roles: frozenset[str], words: Words) -> str:
    """Whose page it is, as the table of rules has it."""
    return ", ".join(words(f"role_{role}").lower() for role in PEOPLE if role in roles)


def _who(who: Principal, words: Words) -> str:
    if who.roles == ANYBODY.roles:
        return words("home_nobody_who", subject=who.subject)
    own = ", ".join(words(f"role_{role}").lower() for role in PEOPLE if role in who.roles)
    return words("refused_who", roles=own)
