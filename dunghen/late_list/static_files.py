"""Published files and data of the public site, byte for byte as the API serves them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from api.public.asking import MONTHS, Asking
from api.public.list_data import list_json, lists_json
from api.public.paging_links import last_page
from api.public.published import PublishedEdition
from api.public.service import PublicLists
from dossiers.errors import UserError
from dossiers.publication.manifest import manifest_json, manifest_name
from dunghen.late_list.static_links import folder_of


async def files_of_lists(service: PublicLists) -> AsyncIterator[tuple[str, bytes]]:
    """(path within the site, content) of each. What was erased is left out.
    Raises UserError for what cannot be read."""
    lists = service.catalogue.lists
    for page in range(1, last_page(len(lists), MONTHS) + 1):
        name = f"late-lists-{page}" if page > 1 else "late-lists"
        yield f"api/v1/{name}.json", await lists_json(service, page)
    for listed in lists:
        opened = await service.opened(listed.newest)
        if opened is None:
            raise unreadable(listed.id)
        content = list_json(listed, opened, Asking(listed.id))
        yield f"api/v1/late-lists/{folder_of(listed.id)}.json", content
        for edition in listed.editions:
            async for name, content in _files(service, edition):
                yield f"{folder_of(listed.id)}/{edition.edition}/{name}", content


async def _files(
    service: PublicLists, edition: PublishedEdition
) -> AsyncIterator[tuple[str, bytes]]:
    for file in edition.files:
        content = await service.files.content(file.sha256)
        if content is None:
            raise unreadable(edition.list, file.name)
        yield file.name, content
    core = await service.files.core(edition.core)
    if core is None:
        raise unreadable(edition.list)
    yield manifest_name(edition.list, edition.edition), manifest_json(edition.manifest(core))


def unreadable(list_: str, name: str = "") -> UserError:
    """A site that lacks something that was published is not written."""
    what = name or "what was published"
    return UserError(f"The list of {list_}: {what} cannot be read.", "dunghen verify says more.")
