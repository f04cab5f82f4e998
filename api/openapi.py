"""The OpenAPI document: errors as what they are, and the feed, which OpenAPI cannot describe."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.access.rules import RULES
from api.problems import MEDIA_TYPE, WHY
from api.routes.ingest_schemas import COMPONENTS

DESCRIPTION = """
Live punctuality of public service dossiers: how units and officers stand, what is overdue, and how
fresh the figures are. Times are UTC epoch milliseconds of *data time*, which in a simulation or
replay is not that of the clock on the wall; rates are in percent.

Every route asks who you are: `x-roles` names the roles that open it. A token of the provider or a
key goes into `Authorization: Bearer`, a sender's key into `X-API-Key`; a browser has a session.
Figures, dossiers and officers outside what you may see do not appear, and asking for one by its
id is answered as if there were none. `GET /api/v1/me` tells who you are taken for.

Errors are `application/problem+json` (RFC 9457). Long lists come in pages: pass `next` of one page
as `cursor` to get the following one.

Live updates come over the websocket `/api/v1/feed`: send `{"type": "hello", "token": null,
"epoch": null, "seq": null}` within 10 s (`token`: a wall's key, where the request brought none),
then receive one `snapshot` (a binary frame: gzip of the JSON) and after it `delta`s whose `patch`
is a JSON merge patch (RFC 7396) of the state, with a `seq` that has no gaps, and a `heartbeat`
every 5 s. After a lost connection, send the last `epoch` and `seq` to `resume`.
"""


def install(app: FastAPI) -> None:
    """Every error in the document is a problem."""
    app.description = DESCRIPTION
    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        if not document.get("x-problems"):
            document["x-problems"] = True
            for name, path in document["paths"].items():
                for method, operation in path.items():
                    _guarded(method.upper(), name, operation)
                    _as_problems(operation["responses"])
                    _as_pages(method.upper(), name, operation["responses"])
            for unused in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(unused, None)
            document["components"]["schemas"].update(COMPONENTS)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


_WAY_IN = "A browser without a session is led to `/enter`"


def _guarded(method: str, path: str, operation: dict[str, Any]) -> None:
    """Which roles open an operation, and how the gate answers others."""
    rule = next(r for r in RULES if (r.method, r.written) == (method, path))
    operation["x-roles"] = sorted(rule.roles)
    codes: tuple[int, ...] = (
        (403,) if not rule.asked else (401, 403, 429) if rule.open else (401, 403, 429, 503)
    )
    if "requestBody" in operation:
        codes += (400, 408, 413)
    if rule.page:
        operation["responses"].setdefault("303", {"description": _WAY_IN})
    for code in codes:
        content: dict[str, Any] = {MEDIA_TYPE: _problem(str(code))}
        if rule.page and code == 403:
            content["text/html"] = {}  # a browser gets a page (api.pages.refused)
        about = {"description": WHY[code], "content": content}
        operation["responses"].setdefault(str(code), about)


def _as_problems(responses: dict[str, Any]) -> None:
    """Errors are problems (RFC 9457) with their own media type; FastAPI describes them as JSON."""
    for code, response in responses.items():
        if code in ("403", "404", "422", "503") and "text/html" in response.get("content", {}):
            # A path or a language that no page has is answered before there is a page.
            response["content"][MEDIA_TYPE] = _problem(code)
        content = response.get("content", {}).get("application/json")
        if content is None or not code.startswith(("4", "5")):
            continue
        if content["schema"].get("$ref", "").endswith("/HTTPValidationError"):
            response["description"] = WHY[422]
        elif not content["schema"].get("$ref", "").endswith("/Problem"):
            continue
        response["content"] = {MEDIA_TYPE: _problem(code)}


def _as_pages(method: str, path: str, responses: dict[str, Any]) -> None:
    """What goes wrong with a page is told to people as a page (api.pages.faults)."""
    rule = next(r for r in RULES if (r.method, r.written) == (method, path))
    for code in ("403", "404", "422", "503") if rule.page else ():
        if code in responses:
            responses[code].setdefault("content", {}).setdefault("text/html", {})


def _problem(code: str) -> dict[str, Any]:
    return {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _EXAMPLES[code]}


def _refused(status: int, title: str, detail: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "/api/v1/portal/DongBoHoSoMC",
        "error_code": str(status),
        "message": detail,
    }


_EXAMPLES: dict[str, dict[str, Any]] = {
    "400": _refused(400, "Bad Request", "data must be an array with at least one record."),
    "401": _refused(401, "Unauthorized", "No sender has the key in X-API-Key."),
    "403": _refused(403, "Forbidden", "This sender may not send for the unit in madonvi."),
    "408": _refused(408, "Request Timeout", "The body came too slowly."),
    "409": _refused(409, "Conflict", "This is no live timeline."),
    "410": _refused(410, "Gone", "The names of this list have had their time."),
    "413": _refused(413, "Request Entity Too Large", "The payload is larger than 4194304 bytes."),
    "429": _refused(429, "Too Many Requests", "Too much is on the way to Kafka."),
    **{
        code: {
            "type": "about:blank",
            "title": title,
            "status": int(code),
            "detail": detail,
            "instance": "/api/v1/walls/hall-3",
        }
        for code, title, detail in (
            ("412", "Precondition Failed", "Somebody else has changed it meanwhile: look again."),
            ("428", "Precondition Required", "Send If-Match with the ETag of what you saw."),
        )
    },
    "404": {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no unit H29.999; GET /api/v1/units lists them.",
        "instance": "/api/v1/units/H29.999",
    },
    "422": {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "query.limit: Input should be less than or equal to 1000",
        "instance": "/api/v1/units",
        "errors": [{"where": "query.limit", "what": "Input should be less than or equal to 1000"}],
    },
    "503": {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "ClickHouse does not answer.",
        "instance": "/api/v1/dossiers",
    },
}
