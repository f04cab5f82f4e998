"""A good folder of reference data, to be spoiled."""

from __future__ import annotations

from pathlib import Path

GOOD = {
    "units.csv": "id,name,parent,calendar\nc,City,,\na,A,c,desk\nb,B,a,\n",
    "officers.csv": "id,name,unit,position,valid_from,valid_to,superior\n"
    "o1,An,a,Head,,,\no2,Bình,b,Clerk,2026-01-01,,o1\n",
    "procedures.csv": "id,name,limit,unit,same_day\np,P,2,working_days,\ns,S,,,1\n",
    "steps.csv": "procedure,step,name,hours,holder\np,in,In,2,Clerk\np,out,Out,6.5,a\n",
    "calendars/desk.toml": 'version = "1"\n[hours]\nmon = ["08:00-12:00"]\n',
    "rules.toml": '[rules]\nalert_hours = [8]\n\n[[versions]]\nsince = 2025-07-01\nname = "v"\n'
    'stop_mode = "restart"\n[versions.limits]\np = { amount = 3, unit = "days" }\n',
    "reference.toml": 'title = "T"\nlimit = { amount = 5, unit = "working_days" }\n',
}


def made(folder: Path, **changed: str) -> Path:
    """The good folder, with some files replaced; "units" stands for units.csv."""
    for name, content in GOOD.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.pop(path.stem, content), encoding="utf-8")
    for name, content in changed.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder
