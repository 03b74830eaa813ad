"""Reads a host's description by SNMP, where the site has supplied a community."""

from __future__ import annotations

from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.policy.gate import Gate
from scanner.policy.rules import SNMP_PORT
from scanner.probes import snmp
from scanner.run.recorder import Recorder
from scanner.run.request import Secret


class SnmpLook:
    """One read of the probe's identifiers a host; does nothing without a community."""

    def __init__(self, community: Secret | None, gate: Gate, recorder: Recorder) -> None:
        self._community = community
        self._gate = gate
        self._recorder = recorder

    async def look(self, address: str) -> None:
        """Ask one host and record what it says and how it ended."""
        if self._community is None:
            return
        from scanner.transports.snmp import SnmpTransport

        method = snmp.PROBE.name
        try:
            exchange = await SnmpTransport(self._gate, self._community.value).read(address, snmp.OIDS)
        except Refused as refused:
            self._recorder.ended(method, address, SNMP_PORT, Ending.STOPPED_BY_US, detail=str(refused))
            return
        if exchange.payload:
            self._recorder.observe(
                method, address, snmp.PROBE.protocol, SNMP_PORT, exchange.payload, synthesised=True
            )
        elif exchange.ending is not Ending.SILENT:
            self._recorder.ended(method, address, SNMP_PORT, exchange.ending, detail=exchange.detail)
