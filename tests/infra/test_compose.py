"""The compose file says what the product understands.

No container is started here: where the compose plugin is installed it checks the file itself.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from dunghen.cli import app
from dunghen.settings.loading import names, variable

FOLDER = Path(__file__).parents[2] / "infra" / "compose"
FILE = FOLDER / "compose.yaml"
OWN = ("topics", "migrate", "worker", "tick", "sink", "api")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    parsed: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text("utf-8"))["services"]
    return parsed


def test_every_process_is_a_command_of_the_product(services: dict[str, dict[str, Any]]) -> None:
    known = get_command(app).list_commands(None)  # type: ignore[attr-defined]
    commands = [services[name]["command"] for name in OWN]
    assert [command[0] for command in commands] == list(OWN)
    assert set(OWN) <= set(known)


def test_every_variable_is_a_setting_with_a_valid_name(services: dict[str, dict[str, Any]]) -> None:
    known = {variable(name) for name in names()}
    for name in OWN:
        given = {key for key in services[name]["environment"] if key.startswith("DUNGHEN_")}
        assert given, name
        assert given <= known, name


def test_each_waits_for_services_that_exist_and_can_say_they_are_ready(
    services: dict[str, dict[str, Any]],
) -> None:
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            assert other in services, name
            if wait["condition"] == "service_healthy":
                assert "healthcheck" in services[other], other
            else:
                assert services[other]["restart"] == "no", other


def test_only_the_wall_is_published_and_only_on_loopback(
    services: dict[str, dict[str, Any]],
) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"api": ["127.0.0.1:${WALL_PORT:-8080}:8080"]}


def test_own_containers_have_no_privileges(services: dict[str, dict[str, Any]]) -> None:
    """Whatever gets in finds no root, no capability, nothing to write on but what it needs."""
    for name in OWN:
        service = services[name]
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert service["read_only"] is True, name
        folders = [mount.partition(":")[0] for mount in service["tmpfs"]]
        assert folders == ["/tmp", "/var/lib/dunghen"], name  # noqa: S108
        writable = [mount for mount in service.get("volumes", []) if not mount.endswith(":ro")]
        kept = ["access:/var/lib/dunghen-access", "spool:/var/lib/dunghen-spool"]
        made = ["personal:/var/lib/dunghen-personal"]  # the key, which the API only reads
        expected = {"api": kept, "topics": made}
        assert writable == expected.get(name, []), name
    users = re.findall(r"^USER (\S+)$", (FOLDER / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert users == ["10001"]


def test_no_container_can_become_more_than_it_is(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "user", "pid", "ipc", "network_mode", "devices"} & set(service)
        assert "docker.sock" not in str(service), name


def test_the_image_has_no_secret_and_fetches_nothing_unpinned() -> None:
    text = (FOLDER / "Dockerfile").read_text("utf-8")
    assert not re.search(r"^(ADD|ARG) |curl|wget|TOKEN|PASSWORD|SECRET", text, re.MULTILINE)
    for line in re.findall(r"pip install[^&\n]*", text.replace("\\\n", " ")):
        assert "--require-hashes" in line or "--no-deps" in line, line
    assert "npm ci --ignore-scripts" in text


def test_what_the_image_copies_exists() -> None:
    root = FILE.parents[2]
    allowed = (FOLDER / "Dockerfile.dockerignore").read_text("utf-8").split()
    names_kept = [line[1:] for line in allowed if line.startswith("!")]
    assert names_kept
    assert [name for name in names_kept if not (root / name).exists()] == []


def test_every_package_that_is_installed_is_let_into_the_image() -> None:
    root = FILE.parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    allowed = (FOLDER / "Dockerfile.dockerignore").read_text("utf-8").split()
    wanted = {f"!{package.rstrip('*')}" for package in packages} | {"!pyproject.toml"}
    assert wanted <= set(allowed), wanted - set(allowed)


def test_no_password_is_written_down(services: dict[str, dict[str, Any]]) -> None:
    password = services["clickhouse"]["environment"]["CLICKHOUSE_PASSWORD"]
    assert password.startswith("${CLICKHOUSE_PASSWORD:?")
    example = (FOLDER / "example.env").read_text("utf-8")
    assert "\nCLICKHOUSE_PASSWORD=\n" in example


def test_compose_itself_accepts_the_file() -> None:
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run(
            (docker, "compose", "version"), capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("the compose plugin of docker is not installed")
    done = subprocess.run(
        (docker, "compose", "-f", str(FILE), "config", "--quiet"),
        env={**os.environ, "CLICKHOUSE_PASSWORD": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_must_outlive_the_api_stands_on_volumes_that_its_user_owns(
    services: dict[str, dict[str, Any]],
) -> None:
    environment = services["api"]["environment"]
    mounts = [entry.removesuffix(":ro") for entry in services["api"]["volumes"]]
    mounted = dict(entry.split(":", 1)[::-1] for entry in mounts)
    kept = {
        Path(environment["DUNGHEN_PERSONAL_HASH_KEY_FILE"]).parent,
        Path(environment["DUNGHEN_ACCESS_KEYS_FILE"]).parent,
        Path(environment["DUNGHEN_API_SPOOL_FOLDER"]),
    }
    assert {str(folder) for folder in kept} == set(mounted)
    image = (FOLDER / "Dockerfile").read_text("utf-8")
    [made] = re.findall(r"install -d -o 10001 -g 10001 -m 700 (.+)", image.replace("\\\n", " "))
    assert set(made.split()) == set(mounted)
    assert set(yaml.safe_load(FILE.read_text("utf-8"))["volumes"]) >= set(mounted.values())
