"""Ask the kernel over rtnetlink: routes, neighbours. Not one packet leaves the machine.

pyroute2's synchronous interface drives an event loop of its own, so inside a running loop the question is put
from a short-lived thread (which shares the network namespace of the thread that asks).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class NetlinkUnavailable(OSError):
    """The kernel does not speak rtnetlink here (a sandbox, WSL 1, another system)."""


def ask(question: Callable[[Any], Answer]) -> Answer:
    """Run ``question`` with an open ``pyroute2.IPRoute`` and return what it returns.

    Raises:
        NetlinkUnavailable: no netlink socket could be opened.
        Exception: whatever the question itself raises.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _ask(question)
    with ThreadPoolExecutor(1, "netlink") as pool:
        return pool.submit(_ask, question).result()


def _ask(question: Callable[[Any], Answer]) -> Answer:
    from pyroute2 import IPRoute

    try:
        route = IPRoute()
    except OSError as error:
        raise NetlinkUnavailable(error.errno, f"no netlink socket: {error.strerror or error}") from error
    with route:
        return question(route)
