from __future__ import annotations

import asyncio

import pyroute2
import pytest

from scanner.transports import netlink


def links(route):
    return {link.get_attr("IFLA_IFNAME") for link in route.get_links()}


def test_the_kernel_answers_outside_a_loop():
    assert "lo" in netlink.ask(links)


def test_the_kernel_answers_inside_a_running_loop():
    async def inside():
        return netlink.ask(links)

    assert "lo" in asyncio.run(inside())


def test_an_exception_of_the_question_comes_through():
    def question(route):
        raise LookupError("nothing")

    with pytest.raises(LookupError, match="nothing"):
        netlink.ask(question)


def test_a_kernel_without_netlink_is_one_named_error(monkeypatch):
    def refuse():
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setattr(pyroute2, "IPRoute", refuse)
    with pytest.raises(netlink.NetlinkUnavailable, match="Address family not supported"):
        netlink.ask(links)
