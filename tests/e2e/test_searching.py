"""The search for planted data finds every form, whoever wrote it down and how."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from tests.e2e.planting import all_forms, forms_of_records
from tests.e2e.searching import cores

FORMS = [*all_forms(), *forms_of_records()]
WANTED = {form.core for form in FORMS}


@pytest.mark.parametrize("written", [str, json.dumps, repr, ascii, quote, quote_plus, str.upper])
def test_every_form_is_found_however_it_is_written(written: Callable[[str], str]) -> None:
    lost = [form for form in FORMS if form.core not in cores(written(form.text), WANTED)]
    assert not lost


def test_two_forms_are_two() -> None:
    assert len(WANTED) == len(FORMS) > 500
    for form in FORMS[:50]:
        assert cores(f"x {form.text} y", WANTED) == {form.core}
