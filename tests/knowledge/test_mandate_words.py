"""The words of the mandates: order of strictness, near matches, sentences that fall back."""

from __future__ import annotations

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import Decision, MandateLibrary
from scanner.knowledge.mandates import load_mandates
from scanner.model.errors import UsageError


@pytest.fixture(scope="module")
def library() -> MandateLibrary:
    return load_mandates(fingerprints_root())


def test_decisions_are_ordered_strictest_first() -> None:
    assert sorted(Decision, key=lambda word: word.rank) == [
        "remove_required", "stop_using", "do_not_buy", "report_required", "review", "advised", "not_bound",
    ]  # fmt: skip


def test_an_unknown_id_names_near_ones(library: MandateLibrary) -> None:
    with pytest.raises(UsageError, match=r"unknown measure 'ca-federal'; did you mean .*ca-federal-2025"):
        library.measure("ca-federal")
    with pytest.raises(UsageError, match=r"unknown profile 'uk-other'; did you mean .*uk-other-public-body"):
        library.profile("uk-other")
    with pytest.raises(UsageError, match="unknown profile '%%%%'; `hiksweep mandates profiles` lists them"):
        library.profile("%%%%")


def test_a_known_id_is_found(library: MandateLibrary) -> None:
    assert library.measure("ca-qc-2023").code == "CA-QC"
    assert library.profile("generic").label.fr == "Aucun profil choisi"


def test_a_profile_without_a_sentence_of_its_own_uses_the_general_one(library: MandateLibrary) -> None:
    own = library.sentence("ca-private", "not_bound")
    general = library.sentence("us-federal-agency", "not_bound")
    assert own != general
    assert general == library.general["not_bound"]


def test_a_fact_says_what_it_allows(library: MandateLibrary) -> None:
    assert library.facts["acquired_on"].allowed == "a day such as 2023-12-22"
    assert library.facts["site_is_sensitive"].allowed == "yes or no"
    assert library.facts["contract_clause"].allowed == "one of 52.204-25, 52.240-91, both, none"
    assert library.facts["contract_numbers"].allowed == "text"
