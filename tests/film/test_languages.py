"""Languages by any of their names."""

from __future__ import annotations

import pytest

from rewatch.film.languages import language_of, preferred_languages


@pytest.mark.parametrize(
    ("word", "code"),
    [("en", "en"), ("ENG", "en"), ("English", "en"), ("fre", "fr"), ("fra", "fr"), ("pt-BR", "pt"), ("zh_TW", "zh"),
     ("ger", "de"), ("2", ""), ("forced", ""), ("C", ""), ("", "")],
)  # fmt: skip
def test_language_of(word, code):
    assert language_of(word) == code


def test_preferred(monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert preferred_languages("jpn") == ["ja", "de", "en"]
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert preferred_languages() == ["en"]
