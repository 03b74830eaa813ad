from __future__ import annotations

import pytest
from pydantic import ValidationError

from scanner.config.parts import Part, key


class Table(Part):
    """A table."""

    size: int | None = key(None, "a number", "5", "How large it is.", ge=1)


def test_a_key_says_what_it_may_be_and_a_table_knows_no_other():
    assert Table().size is None
    assert Table(size=5).size == 5
    assert Table.model_fields["size"].description == "How large it is."
    for wrong in ({"size": 0}, {"size": "5"}, {"colour": 1}):
        with pytest.raises(ValidationError):
            Table(**wrong)
