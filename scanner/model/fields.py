"""What a parser read: named fields, each with the values found, in order."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping


class Fields(Mapping[str, tuple[str, ...]]):
    """An immutable mapping from a field's name to its values; an absent field has none."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        self._values = {name: tuple(found) for name, found in values.items()}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self._values.get(name, ())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def items(self) -> ItemsView[str, tuple[str, ...]]:
        """Names and values."""
        return self._values.items()

    def first(self, name: str) -> str | None:
        """The first value of a field, or None."""
        found = self._values.get(name)
        return found[0] if found else None

    def __repr__(self) -> str:
        return f"Fields({self._values!r})"
