"""Names of software that runs on somebody else's computer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.software import SoftwareList, load_software
from scanner.model.errors import KnowledgeError

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def software() -> SoftwareList:
    return load_software(fingerprints_root())


@pytest.mark.parametrize(
    ("signature", "excerpt", "name"),
    [
        ("http-title-hikcentral", "HikCentral Professional", "HikCentral Professional"),
        ("http-body-hikcentral-bumblebee", "/ISAPI/Bumblebee/Login", "HikCentral"),
        ("http-title-ivms", "iVMS-4200", "iVMS-4200"),
        ("tls-ivms8700", "CN=ivms8700", "iVMS-8700"),
        ("http-favicon-isecure-mmh3", "-808437027", "iSecure Center"),
        ("http-title-blazer", "BLAZER Pro", "BLAZER Pro"),
        ("http-body-something-new", "", "video management software"),
    ],
)
def test_the_name_is_as_full_as_the_words_that_matched(
    software: SoftwareList, signature: str, excerpt: str, name: str
) -> None:
    assert software.name(signature, excerpt) == name


def test_without_an_entry_there_is_no_name() -> None:
    assert SoftwareList("2026-01-01", ()).name("http-title-ivms", "") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    signatures: ['*']\n", "", "must hold texts"),
        ("exact: 'iVMS-", "exact: 'iVMS-(", "does not compile"),
        ("  - name: 'BLAZER'", "  - nom: 'BLAZER'", "unknown key 'nom'"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_line(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("software.yaml", old, new)
    with pytest.raises(KnowledgeError, match=r"^fingerprints/software\.yaml:\d+: ") as caught:
        load_software(root)
    assert message in str(caught.value)
