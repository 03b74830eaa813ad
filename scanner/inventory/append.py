"""A decision of this moment, written into views that are up to date with all that was taken."""

from __future__ import annotations

from scanner.inventory.engine import Store
from scanner.inventory.rebuild import tell
from scanner.inventory.run_views import behind


def append(store: Store) -> bool:
    """Write what decisions change into the views; False: runs have to be worked out first.

    Args:
        store: which holds the decisions.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    with store.reading() as connection:
        if behind(connection):
            return False
    tell(store)
    return True
