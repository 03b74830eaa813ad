"""The list of importers is what its folder holds, and each says what a reader must know."""

from __future__ import annotations

from scanner.importers import IMPORTERS, named, recognise


def test_a_format_is_found_by_its_name_and_no_other():
    assert [named(importer.name) for importer in IMPORTERS] == list(IMPORTERS)
    assert named("no such format") is None


def test_what_is_no_format_of_ours_is_not_recognised():
    assert recognise(b"") is None
    assert recognise(b"Dear diary,\n") is None


def test_each_format_has_a_name_a_title_and_a_limit_of_what_it_can_tell():
    assert len({importer.name for importer in IMPORTERS}) == len(IMPORTERS)
    for importer in IMPORTERS:
        assert importer.name == importer.name.lower()
        assert importer.title
        assert importer.cannot_tell.endswith(".")
