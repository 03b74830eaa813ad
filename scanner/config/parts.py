"""What a table of hiksweep.toml is made of: keys that say what they may be and what they mean."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def key(default: Any, value: str, example: str, says: str, **more: Any) -> Any:
    """A key.

    Args:
        default: what holds without it; None = see ``says``.
        value: what it may be, in words that fit behind "is not".
        example: a value as the file writes it.
        says: what it means.
        more: bounds that pydantic holds.
    """
    return Field(default, description=says, json_schema_extra={"value": value, "example": example}, **more)


class Part(BaseModel):
    """A table of the file. What it does not know is refused; what was read does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, strict=True)
