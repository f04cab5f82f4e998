"""Errors as application/problem+json (RFC 9457): what was wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.ports import DeadLetterError, StoreAway

WHY = {
    404: "There is no such thing",
    422: "A parameter is wrong; the answer says which and why",
    400: "The payload as a whole cannot be read",
    401: "Sign in, or send a key or token that is accepted",
    403: "The role, or what the key is for, does not open this",
    409: "This timeline takes no records",
    413: "The payload is too large",
    408: "The payload did not come in time",
    429: "Too many requests, or too much is on the way; ask again after Retry-After seconds",
    503: "What the answer needs is away; ask again after Retry-After seconds",
}
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """An error. ``detail`` is a sentence for a person; ``errors`` names the wrong parameters."""

    type: str = Field(default="about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no unit H29.999."])
    instance: str = Field(examples=["/api/v1/units/H29.999"])
    errors: list[dict[str, Any]] | None = None


def responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """For ``responses=`` of a route: these errors, described (see api.openapi for the rest)."""
    return {code: {"model": Problem, "description": WHY[code]} for code in codes}


def problem(
    request: Request,
    status: int,
    detail: str,
    errors: Any = None,
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """``more``: further members of the body."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=request.scope["path"],
        errors=errors,
    )
    content = {**body.model_dump(exclude_none=True), **(more or {})}
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def undecided(request: Request, error: DeadLetterError) -> JSONResponse:
    """A dead letter on which nothing was decided."""
    answer = problem(request, error.status, str(error))
    if error.status == 503:
        answer.headers["Retry-After"] = "5"
    return answer


def install(app: FastAPI) -> None:
    """Every error of ``app`` becomes a problem."""

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        answer = problem(request, error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = [
            {"where": ".".join(str(p) for p in e["loc"]), "what": e["msg"]} for e in error.errors()
        ]
        detail = "; ".join(f"{e['where']}: {e['what']}" for e in found)
        return problem(request, 422, detail, found)

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: ClientDisconnect) -> Response:
        # Nobody hears it. Without it the log would have a traceback for each body that breaks off.
        return Response(status_code=400)

    @app.exception_handler(Exception)
    async def broken(request: Request, _error: Exception) -> JSONResponse:
        return problem(request, 500, "This is a fault of the server; its log has the details.")

    @app.exception_handler(StoreAway)
    async def away(request: Request, error: StoreAway) -> JSONResponse:
        answer = problem(request, 503, str(error))
        answer.headers["Retry-After"] = "5"
        return answer
