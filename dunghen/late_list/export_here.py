"""The public site of this installation's late lists, as files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from api.desk.blobs import BlobStore
from api.public.published import catalogue_in
from api.public.rendering import Site
from dossiers.errors import UserError
from dunghen.late_list.exporting import ExportedSite, export, refuse_foreign
from dunghen.late_list.manifests import register_here
from dunghen.settings.installation import Installation
from dunghen.texts.erasing import texts_folder
from dunghen.timeline.reading import read_reference, read_timeline


def export_here(installation: Installation, folder: Path, base: str) -> ExportedSite:
    """See ``exporting.export``. Blocks. Raises UserError."""
    if base and not _is_address(base):
        raise UserError("--base is no address.", "Such as https://portal.example/late-lists.")
    refuse_foreign(folder)
    register = register_here(installation)
    blobs = BlobStore(texts_folder(installation))
    lists = catalogue_in(register).lists
    site = _site(installation, lists[0].id if lists else "")
    return export(register, blobs, folder, site, base)


def _site(installation: Installation, newest: str) -> Site:
    """As the API has it around its pages. ``newest``: id of the newest list, "" for none."""
    bootstrap, client = installation.kafka.bootstrap, installation.client
    timeline = read_timeline(bootstrap, client=client)
    title = read_reference(bootstrap, client=client).title
    settings = installation.settings
    return Site(
        agency=title or settings.wall.title or "Đúng Hẹn",
        simulation=timeline is not None and timeline.kind == "simulation",
        newest=newest,
        indexed=settings.late_list.robots == "index",
    )


def _is_address(text: str) -> bool:
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.netloc) and not found.query
