"""What a scan of a configured network is asked for: the same words as those of the command line."""

from __future__ import annotations

from pathlib import Path

from scanner.config.network import Network
from scanner.run.credentials import load_credentials
from scanner.run.request import ScanRequest, Secret

REFERENCE = "schedule "
"""Before the network's id in the reference of a run that the schedule began."""


def request_of(
    network: Network, folder: Path, *, facts: str = "", time_limit: float | None = None, secrets: bool = True
) -> ScanRequest:
    """The request that sweeps a network.

    Args:
        network: as it is configured.
        folder: of the configuration, from which names of secret files count.
        facts: the site's facts as YAML text.
        time_limit: seconds until its window closes; the network's own limit holds besides.
        secrets: whether secrets and routers are read too; False where nothing will be sent.

    Raises:
        UsageError: a secret cannot be read.
    """
    limits = [limit for limit in (time_limit, _seconds(network)) if limit is not None]
    community = network.snmp_community.read(folder) if secrets and network.snmp_community else None
    credentials = network.snmp_credentials if secrets else None
    return ScanRequest(
        targets=network.targets,
        exclude=network.exclude,
        ports=network.ports,
        rate=network.rate,
        profiles=network.profile,
        facts=facts,
        multicast=network.multicast,
        community=Secret(community) if community else None,
        routers=network.snmp_routers if secrets else (),
        credentials=load_credentials(credentials)[0] if credentials else None,
        time_limit=min(limits) if limits else None,
        reference=REFERENCE + network.id,
        yes=network.yes,
    )


def _seconds(network: Network) -> float | None:
    return None if network.time_limit is None else network.time_limit.total_seconds()
