"""``dunghen keys`` and ``dunghen token``: who may come in, and with what."""

from __future__ import annotations

import time
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
import typer
from rich.table import Table

from api.access.keys import NAME, Key
from dossiers.errors import UserError
from dossiers.text.ids import IdFault, checked_id
from dossiers.text.kept_ids import IdForm
from dossiers.time.hours import DAY
from dossiers.wire.actions import DESK
from dossiers.wire.keys import is_wall_name
from dunghen.access.audit_trail import audit_key
from dunghen.access.config import admin_token, keys_path
from dunghen.access.key_file import add_key, confirm_keys, read_keys, read_used, revoke_key
from dunghen.access.settings_keys import fixed_keys
from dunghen.access.wall_keys import extend_key
from dunghen.settings.installation import Installation
from dunghen.terminal.options import JsonOption, StateOption
from dunghen.terminal.output import iso, results

app = typer.Typer(no_args_is_help=True, help="Keys of senders, walls and monitoring.")


_Role = Annotated[
    Literal["sender", "wall", "monitor"],
    typer.Option("--role", help="What it opens: posting, the wall's feed, or the metrics."),
]
_Unit = Annotated[
    list[str] | None,
    typer.Option(
        "--unit",
        metavar="ID",
        help="Only this unit: of a wall with those below it, of a sender its madonvi. May be "
        "given several times.",
        show_default=False,
    ),
]
_Wall = Annotated[
    str,
    typer.Option("--wall", metavar="NAME", help="Of a wall: it opens the wall of this name only."),
]
_Days = Annotated[
    int | None,
    typer.Option("--days", min=1, help="It ends by itself after so many days."),
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Whose: letters, digits, - and _.")],
    role: _Role = "sender",
    unit: _Unit = None,
    wall: _Wall = "",
    days: _Days = None,
    state: StateOption = None,
) -> None:
    """Make a key and print it once."""
    _refuse_name(name)
    units = _checked_units(role, unit or [])
    if wall and (role != "wall" or not is_wall_name(wall)):
        raise UserError(f"“{wall}” is no wall for this key.", "`--role wall --wall NAME`.")
    installation = Installation.find(state)
    now = time.time_ns() // 1_000_000
    expires = None if days is None else now + days * DAY
    key, text = add_key(keys_path(installation), name, role, units, expires, now, wall)
    audit_key(installation, "key_added", key)
    where = {
        "sender": "It goes into the header X-API-Key.",
        "wall": f"Open /wall{wall and f'/{wall}'}#key=KEY: what is behind # stays in the browser.",
        "monitor": "It goes into the header Authorization: Bearer ….",
    }[role]
    print(f"Key {key.id} of {name}, shown only now. {where}\n\n    {text}\n")


def _refuse_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise UserError(
            f"“{name}” cannot name a key.", "Use 1 to 40 letters, digits, hyphens, underscores."
        )
    if name == DESK:
        raise UserError(
            f"“{name}” is kept for what people do about alerts.",
            "Name the key after the office or the screen that has it.",
        )
    if not IdForm().keeps(name):
        raise UserError(
            "A key's name stands with whatever it sends, and this one could be a person's number.",
            "Name it after the office or the screen that has it.",
        )


def _checked_units(role: str, codes: list[str]) -> tuple[str, ...]:
    """As they are compared with what a sender names. Raises UserError."""
    units = []
    for code in codes:
        try:
            unit = checked_id(code)
        except IdFault:
            unit = ""
        if not unit or " " in unit or role == "monitor":
            raise UserError(f"“{code}” is no unit for this key.")
        units.append(unit)
    return tuple(units)


@app.command("list")
def list_(state: StateOption = None, json_: JsonOption = False) -> None:
    """List keys with their scope and when they were last used; never the keys themselves."""
    installation = Installation.find(state)
    path = keys_path(installation)
    senders = installation.settings.api.senders.items()
    keys = [*fixed_keys({n: (s.key_sha256, s.units) for n, s in senders}), *read_keys(path)]
    used = read_used(path)
    now = time.time_ns() // 1_000_000
    if json_:
        shown = [
            {
                "id": key.id, "name": key.name, "role": key.role, "units": key.units,
                "wall": key.wall or None,
                "created_at": key.created_at or None, "expires_at": key.expires_at,
                "revoked_at": key.revoked_at, "suspended_at": key.suspended_at,
                "last_used_at": used.get(key.id),
            }
            for key in keys
        ]  # fmt: skip
        print(msgspec.json.encode({"keys": shown}).decode())
        return
    table = Table(box=None, pad_edge=False)
    for title in ("id", "name", "role", "units", "state", "last used"):
        table.add_column(title, overflow="fold")
    for key in keys:
        validity = _validity(key, now)
        last = iso(used[key.id]) if key.id in used else "-"
        role = f"{key.role} {key.wall}" if key.wall else key.role
        table.add_row(key.id, key.name, role, " ".join(key.units) or "all", validity, last)
    results().print(table)


@app.command()
def revoke(
    which: Annotated[str, typer.Argument(help="Its id or name.")], state: StateOption = None
) -> None:
    """End a key: it opens nothing from the next second on."""
    installation = Installation.find(state)
    for key in revoke_key(keys_path(installation), which, time.time_ns() // 1_000_000):
        audit_key(installation, "key_revoked", key)
        print(f"Key {key.id} of {key.name} is revoked.")


@app.command()
def extend(
    which: Annotated[str, typer.Argument(help="Its id.")],
    days: Annotated[int, typer.Option("--days", min=1, help="It ends so many days from now.")],
    state: StateOption = None,
) -> None:
    """Let a key that is over, or soon will be, last longer: what has it goes on by itself."""
    installation = Installation.find(state)
    now = time.time_ns() // 1_000_000
    key = extend_key(keys_path(installation), which, now + days * DAY)
    if key is None:
        raise UserError(f"No key that could be extended has the id “{which}”.")
    audit_key(installation, "key_extended", key)
    print(f"Key {key.id} of {key.name} lasts {days} days from now.")


@app.command()
def confirm(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Names or ids of suspended keys.", show_default=False),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that are suspended.")] = False,
    state: StateOption = None,
) -> None:
    """Wake keys that a restore has suspended: it may have brought back what was revoked since."""
    if bool(names) == all_:
        raise UserError(
            "Name the keys to confirm, or give --all.", "`dunghen keys list` shows which wait."
        )
    installation = Installation.find(state)
    now = time.time_ns() // 1_000_000
    woken = confirm_keys(keys_path(installation), None if all_ else names, now)
    for key in woken:
        audit_key(installation, "key_confirmed", key)
        print(f"Key {key.id} of {key.name} is good again.")
    if not woken:
        print("No key is suspended.")


def _validity(key: Key, now: int) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if not key.lasts(now):
        return "over"
    return "good" if key.suspended_at is None else "suspended"


def token(state: StateOption = None) -> None:
    """Print the administrator's token, and a link that signs in with it."""
    installation = Installation.find(state)
    found = admin_token(installation)
    if not found:
        raise UserError(
            "There is no administrator's token yet.",
            "Start the stack once, or set access.admin_token_file.",
        )
    running = installation.folder.endpoints()
    address = installation.settings.access.public_url or (running.api if running else "")
    print(found)
    if address:
        # Behind "#" it stays in the browser: no server, proxy or log gets to see it.
        print(f"{address.rstrip('/')}/enter#{quote(found, safe='')}")
