"""The ports of the broker in a state folder: those of its last start while they are free."""

from __future__ import annotations

import json
from pathlib import Path

from infra.kafka.errors import PortTakenError
from infra.kafka.login import write_private
from infra.ports import free_ports, is_free

MEMORY = "ports.json"


def last_bootstrap(state_dir: Path) -> str:
    """The address at which the broker of this folder listened last, "" before its first start."""
    ports = _last_ports(Path(state_dir).absolute() / "kafka" / MEMORY)
    return f"127.0.0.1:{ports[0]}" if ports else ""


def choose_ports(folder: Path, fixed: int) -> tuple[int, int]:
    """Ports for clients and for the controller, noted in ``folder``. ``fixed``: the one for
    clients has to be this one, unless it is 0. Raises PortTakenError, OSError."""
    if fixed and not is_free(fixed):
        raise PortTakenError(
            f"Another program took port {fixed}, where the clients of Kafka look for it: end that "
            "program, or stop the stack and start it again."
        )
    memory = folder / MEMORY
    last = _last_ports(memory)
    # ``last`` is that for clients, then that of the controller.
    port, controller_port = free_ports(2, preferred=[fixed, *last[1:]] if fixed else last)
    # Whole at any moment: commands tell by it whether a Kafka is the one of their folder.
    write_private(memory, json.dumps([port, controller_port]))
    return port, controller_port


def forget_ports(folder: Path) -> None:
    """Have the next start choose others."""
    (folder / MEMORY).unlink(missing_ok=True)


def _last_ports(memory: Path) -> list[int]:
    try:
        return [int(port) for port in json.loads(memory.read_text("utf-8"))]
    except (OSError, ValueError, TypeError):
        return []
