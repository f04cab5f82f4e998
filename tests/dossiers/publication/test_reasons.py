"""Why somebody was late, in words."""

from __future__ import annotations

import pytest

from api.desk.reasons import REASONS
from dossiers.publication.reasons import CODES, of_alert, reason_words


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_was_given_for_an_alert_is_printed_in_the_words_of_the_list(language: str) -> None:
    for code in REASONS:
        assert reason_words(code, language) == reason_words(of_alert(code), language)
        assert of_alert(code) in CODES
        assert reason_words(code, language) != code


def test_no_reason_has_no_words() -> None:
    assert reason_words("") == ""
