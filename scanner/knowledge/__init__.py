"""What hiksweep knows: the data under ``fingerprints/``, loaded, checked and compiled into frozen tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scanner.knowledge.brands import Brands, load_brands
from scanner.knowledge.location import digest_of, fingerprints_root
from scanner.knowledge.mandate_words import MandateLibrary
from scanner.knowledge.mandates import load_mandates
from scanner.knowledge.models import Models, load_models
from scanner.knowledge.oui import OuiTable, load_oui
from scanner.knowledge.placeholders import Placeholders, load_placeholders
from scanner.knowledge.relabels import Relabels, load_relabels
from scanner.knowledge.serials import SerialCounter, load_serials
from scanner.knowledge.signatures import Signature, load_lookalikes, load_signatures
from scanner.knowledge.software import SoftwareList, load_software
from scanner.model.protocol import Protocol
from scanner.model.report import KnowledgeVersion


@dataclass(frozen=True)
class Knowledge:
    """All that is known, read once and never changed."""

    signatures: tuple[Signature, ...]
    lookalikes: tuple[Signature, ...]
    brands: Brands
    models: Models
    oui: OuiTable
    mandates: MandateLibrary
    serials: SerialCounter
    relabels: Relabels
    software: SoftwareList
    placeholders: Placeholders
    versions: Mapping[str, KnowledgeVersion]
    """Keys: signatures, mandates, oui."""
    digest: str = ""
    """Over all data files; of two that differ something differs that is known."""

    @cached_property
    def index(self) -> Mapping[tuple[Protocol, str], tuple[Signature, ...]]:
        """Signatures and look-alikes by protocol and field."""
        table: dict[tuple[Protocol, str], list[Signature]] = {}
        for signature in (*self.signatures, *self.lookalikes):
            for protocol in signature.protocols:
                for field in signature.fields:
                    table.setdefault((protocol, field), []).append(signature)
        return {key: tuple(found) for key, found in table.items()}

    def signature(self, name: str) -> Signature | None:
        """The signature or look-alike of an id."""
        return self._by_id.get(name)

    @cached_property
    def _by_id(self) -> Mapping[str, Signature]:
        return {signature.id: signature for signature in (*self.signatures, *self.lookalikes)}


def load(root: Path | None = None, *, blocks: Path | None = None) -> Knowledge:
    """Read every data file.

    Args:
        root: the folder ``fingerprints``; by default the one that belongs to this installation.
        blocks: a table of newer MAC blocks that the user added; None, or no such file: none.

    Raises:
        KnowledgeError: a file is missing or faulty; the message names file and line.
    """
    root = root or fingerprints_root()
    brands = load_brands(root)
    signatures = load_signatures(root, brands)
    lookalikes = load_lookalikes(root, brands)
    oui = load_oui(root, blocks)
    mandates = load_mandates(root)
    everything = (*signatures, *lookalikes)
    versions = {
        "signatures": KnowledgeVersion(str(len(everything)), max(entry.as_of for entry in everything)),
        "mandates": KnowledgeVersion(mandates.version, mandates.as_of),
        "oui": oui.version,
    }
    return Knowledge(
        signatures=signatures,
        lookalikes=lookalikes,
        brands=brands,
        models=load_models(root, brands),
        oui=oui,
        mandates=mandates,
        serials=load_serials(root),
        relabels=load_relabels(root, brands),
        software=load_software(root),
        placeholders=load_placeholders(root),
        versions=versions,
        digest=digest_of(root, blocks),
    )
