"""The name that a device bears: the brand that it states, and how that stands to its maker.

A name is never evidence of a maker. Of a device whose maker is proven otherwise it says whose label it
bears; where no known brand is stated, a name of somebody else, a customer's number of the firmware or a model
outside the maker's grammar shows a relabel that no list holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.knowledge import Knowledge
from scanner.knowledge.brands import Brand
from scanner.knowledge.models import ModelInfo
from scanner.matcher.host import HostState
from scanner.matcher.stated import is_generic, named_brand, names_a_maker
from scanner.matcher.statements import MARK, NAME, OEM_CODE
from scanner.model.device import Relation
from scanner.model.evidence import Maker


@dataclass(frozen=True, slots=True)
class Claimed:
    """What signatures read in the replies of a device, the most believable first."""

    brands: Sequence[str] = ()
    relations: Sequence[str] = ()
    makers: Sequence[str] = ()


def oem_code_of(state: HostState, knowledge: Knowledge) -> str | None:
    """The customer's number of its firmware; None where it gives none, or one of the maker's own brand."""
    codes = (one.value for one in state.stated(OEM_CODE))
    return next((code for code in codes if knowledge.relabels.is_foreign(code)), None)


def brand_of(
    state: HostState,
    maker: Maker,
    info: ModelInfo | None,
    claimed: Claimed,
    macs: Sequence[str],
    knowledge: Knowledge,
) -> Brand | None:
    """The brand that the device states, unless that is the brand of a maker whom the evidence rules out.

    Args:
        state: what the device said.
        maker: who made it, by the evidence.
        info: what its model's name tells.
        claimed: what signatures read in its replies.
        macs: its MAC addresses.
        knowledge: brands, blocks and marks.
    """
    stated = [named_brand(knowledge, one) for one in state.stated(NAME)]
    read = [knowledge.brands.lookup(name) for name in claimed.brands]
    for brand in filter(None, (*stated, *read)):
        of = knowledge.brands.makers[brand.maker_name]
        if maker is Maker.HIKVISION and of is Maker.OTHER:
            continue
        if maker is Maker.OTHER and brand.family:
            continue
        return brand
    by_label = _of_label(maker, info, macs, knowledge)
    if by_label is not None or maker is not Maker.HIKVISION:
        return by_label
    signs = (knowledge.relabels.sign(one.field, one.value) for one in state.stated(MARK))
    name = next((sign.brand for sign in signs if sign is not None and sign.brand is not None), None)
    return knowledge.brands.lookup(name) if name is not None else None


def _of_label(
    maker: Maker, info: ModelInfo | None, macs: Sequence[str], knowledge: Knowledge
) -> Brand | None:
    """A brand shows without a name: by its own model names and its own MAC block together.

    Not so the maker's own brands: they share its blocks, so a model would be all that speaks.
    """
    brand = knowledge.brands.lookup(info.brand) if info is not None and info.brand is not None else None
    if brand is None or brand.device_relation is Relation.OWN:
        return None
    if brand.family and maker is not Maker.HIKVISION:
        return None
    rows = (knowledge.oui.lookup(mac) for mac in macs)
    return brand if any(row is not None and row.brand == brand.name for row in rows) else None


def relation_of(
    state: HostState,
    brand: Brand | None,
    info: ModelInfo | None,
    model: str | None,
    claimed: Claimed,
    knowledge: Knowledge,
) -> Relation | None:
    """How the label of a device of the maker stands to the maker; None where nothing tells.

    Args:
        state: what the device said.
        brand: the brand that it states.
        info: what its model's name tells.
        model: its model.
        claimed: what signatures read in its replies.
        knowledge: brands and marks.
    """
    if brand is not None:
        return brand.device_relation
    if any(names_a_maker(one) and not is_generic(one.value) for one in state.stated(NAME)):
        return Relation.RELABEL
    for word in claimed.relations:
        return Relation(word)
    marked = _is_marked(state, knowledge)
    if info is not None and info.brand is not None:
        named = knowledge.brands.lookup(info.brand)
        relation = named.device_relation if named is not None else None
        # The maker also builds its own models for customers: one weak mark does not outweigh the name.
        return Relation.UNKNOWN if marked and relation is Relation.OWN else relation
    if marked:
        return Relation.RELABEL
    for name in claimed.makers:
        if name != knowledge.brands.default_maker_name:  # by its MAC block, for example
            brands = (one for one in knowledge.brands.brands if one.maker_name == name)
            return next((one.device_relation for one in brands), None)
    # Every model of the maker's catalogue follows its grammar, so another name is somebody else's label.
    return Relation.RELABEL if model is not None and info is None else None


def _is_marked(state: HostState, knowledge: Knowledge) -> bool:
    """Whether its firmware carries a customer's number or is marked as bearing no brand."""
    if oem_code_of(state, knowledge) is not None:
        return True
    return any(knowledge.relabels.sign(one.field, one.value) is not None for one in state.stated(MARK))
