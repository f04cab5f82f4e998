"""The real application over lists that were published."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.public.service import PublicLists
from tests.api.posting import NoStore
from tests.api.public.made import MadeShelf
from tests.api.settings import config
from tests.dossiers.publication.made_lists import MadeList, small_list


@dataclass
class PublicSite:
    """``shelf``: what is published, from now on too."""

    app: FastAPI
    shelf: MadeShelf


def october(**core: object) -> MadeList:
    """As it is published."""
    return small_list(**{"stage": "list", **core})


@pytest.fixture
def site() -> PublicSite:
    """September and October, published; November frozen alone."""
    shelf = MadeShelf()
    shelf.publish(october(id="2026-09", month="2026-09"), document_no="180/TB-VP")
    shelf.publish(october())
    app = create_app(config(title="Thành phố Minh Hòa"), NoStore())
    app.state.public_lists = PublicLists(lambda: shelf.catalogue, shelf.files)
    return PublicSite(app, shelf)
