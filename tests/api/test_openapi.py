"""The OpenAPI document is complete, and what health, metrics and headers say is true."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.problems import MEDIA_TYPE
from tests.api.city import START
from tests.api.conftest import Running

pytestmark = pytest.mark.asyncio


@pytest.fixture
def document(api: Running) -> Any:
    return api.app.openapi()


def operations(document: Any) -> list[tuple[str, Any]]:
    return [(path, op) for path, item in document["paths"].items() for op in item.values()]


async def test_every_route_is_described(document: Any) -> None:
    found = operations(document)
    assert len(found) >= 18
    for path, operation in found:
        assert operation["summary"], path
        assert len(operation["description"]) > 30, path
        assert operation["tags"], path
        for parameter in operation.get("parameters", []):
            described = parameter.get("description") or parameter["in"] == "path"
            assert described, (path, parameter["name"])


async def test_every_answer_has_an_example_and_errors_are_problems(document: Any) -> None:
    for path, operation in operations(document):
        for code, response in operation["responses"].items():
            assert ("content" in response) == (code not in ("303", "304")), (path, code)
            for media, content in response.get("content", {}).items():
                if code == "422" and path in ("/api/v1/events", "/api/v1/sync-errors"):
                    continue  # the envelope: each record has its own reason
                if code.startswith(("4", "5")) and path != "/health/ready" and media != "text/html":
                    assert media == MEDIA_TYPE, (path, code)
                    assert content["example"]["status"] == int(code)
                elif media == "application/json":
                    assert _has_examples(content["schema"], document), (path, code)
                else:
                    assert "example" in content or media == "text/html", (path, code, media)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def _has_examples(schema: Any, document: Any, depth: int = 0) -> bool:
    """Each leaf that a model names itself comes with an example, at any depth."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if (
        depth > 6
        or "examples" in schema
        or ("description" in schema and "properties" not in schema)
    ):
        return True
    if schema.get("type") == "array":
        return _has_examples(schema["items"], document, depth + 1)
    if schema.get("additionalProperties"):  # False where no other member may come
        return _has_examples(schema["additionalProperties"], document, depth + 1)
    properties = schema.get("properties")
    return bool(properties) and all(
        _has_examples(inner, document, depth + 1) for inner in properties.values()
    )


async def test_parameters_with_limits_are_refused_beyond_them(api: Running) -> None:
    for path in ("units", "officers", "dossiers", "alerts"):
        answer = await api.http.get(f"/api/v1/{path}?limit=1001")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["where"] == "query.limit"


@pytest.mark.parametrize(
    "path",
    ["units", "units/u1", "officers", "officers/o1", "dossiers", "dossiers/over-1", "alerts",
     "tallies", "counts", "coverage", "state"],
)  # fmt: skip
async def test_answers_fit_their_schema(api: Running, document: Any, path: str) -> None:
    # Not with the others: its import takes two seconds, in every process that collects the tests.
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    answer = (await api.http.get(f"/api/v1/{path}")).json()
    template = {"units/u1": "units/{unit}", "officers/o1": "officers/{officer}",
                "dossiers/over-1": "dossiers/{dossier}"}.get(path, path)  # fmt: skip
    response = document["paths"][f"/api/v1/{template}"]["get"]["responses"]["200"]
    schema = response["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer)


async def test_health(api: Running) -> None:
    assert (await api.http.get("/health/live")).json() == {"status": "ok"}
    ready = await api.http.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["watermark"] == START + 2 * 3_600_000
    live = api.live
    live.view.freshness.loaded = False
    live.reader.error = "no broker"
    live.keeper.error = "no answer"
    unready = await api.http.get("/health/ready")
    assert unready.status_code == 503
    assert len(unready.json()["reasons"]) == 3


async def test_metrics_are_what_prometheus_reads(api: Running) -> None:
    text = (await api.http.get("/metrics")).text
    found = {family.name: family for family in text_string_to_metric_families(text)}
    assert found["dunghen_watermark_seconds"].samples[0].value == START / 1000 + 7200
    overdue = [s for s in found["dunghen_dossiers"].samples if s.labels == {"is": "overdue"}]
    assert overdue[0].value == 3
    assert found["dunghen_feed_clients"].samples[0].value == 0
    assert all(family.documentation for family in found.values())


async def test_static_files_are_asked_for_again_and_answered_with_304(api: Running) -> None:
    for path in ("/wall", "/wall/main.js", "/assets/pages/styles/frame.css", "/assets/tokens.css"):
        first = await api.http.get(path)
        assert first.status_code == 200, path
        assert first.headers["cache-control"] == "no-cache"
        assert first.headers["x-content-type-options"] == "nosniff"
        again = await api.http.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304, path


async def test_styles_of_this_release_are_kept_and_of_another_asked_for(api: Running) -> None:
    path = "/assets/pages/styles/frame.css"
    ours = await api.http.get(path, params={"v": api.live.pages_release})
    assert ours.headers["cache-control"] == "max-age=31536000, immutable"
    other = await api.http.get(path, params={"v": "an-older-one"})
    assert other.headers["cache-control"] == "no-cache"


async def test_the_wall_may_run_its_import_map_and_no_other_inline_script(api: Running) -> None:
    policy = (await api.http.get("/wall")).headers["content-security-policy"]
    assert policy.count("'sha256-") == 1
    assert "unsafe" not in policy
    assert (await api.http.get("/wall/../api/config.py")).status_code == 404
    assert (await api.http.get("/wall/%2e%2e/package.json")).status_code == 404
    release = api.live.release
    assert (await api.http.get("/api/v1/state")).json()["state"]["release"] == release


async def test_a_fault_of_the_server_is_a_problem_too(
    api: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.live, "view", None)
    answer = await api.http.get("/api/v1/units")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "Traceback" not in answer.text
