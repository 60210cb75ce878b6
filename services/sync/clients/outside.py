"""Requests to the systems that pipelines name: only to hosts that the operator lists, through the guard."""

import ipaddress
from collections.abc import Sequence

from services.sync.domain.hosts import HostList
from shared.outbound_guard import AddressRefused, Guard, Network, Resolver, Rules, resolve

_ANYWHERE: tuple[Network, ...] = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))


class Outside(Guard):
    """A private address answers only for a host and port that `private` names. Close it after use."""

    def __init__(
        self, hosts: HostList, private: HostList, rules: Rules | None = None, *, resolver: Resolver = resolve
    ) -> None:
        super().__init__(rules, resolver=resolver, keep_connections=True)
        self._hosts, self._private = hosts, private

    def private_networks(self, _host: str, port: int) -> Sequence[Network]:
        if not self._hosts.allows(_host, port) and not self._private.names(_host, port):
            raise AddressRefused("The host is not among those that pipelines may name.")
        return _ANYWHERE if self._private.names(_host, port) else ()
