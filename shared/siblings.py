"""The other services as this one knows them: where each is, what may be asked of it, and the secret shared with it."""

from collections.abc import Collection, Mapping

from shared.config import Settings
from shared.outbound import CallLimits, ServiceClient
from shared.service_tokens import ServiceTokens

# Callee -> permissions that the tokens for it may carry.
Calls = Mapping[str, Collection[str]]


class Siblings:
    """Clients for the siblings that this service may call. Make one per process; threads may share it."""

    def __init__(self, settings: Settings, calls: Calls, *, limits: CallLimits | None = None) -> None:
        self._clients: dict[str, ServiceClient] = {}
        if settings.service_key_file is None:
            return
        tokens = ServiceTokens(settings.service, key_file=settings.service_key_file, calls=calls)
        for callee in calls.keys() & settings.siblings.keys():
            secret = settings.pair_secrets.get(callee)
            self._clients[callee] = ServiceClient(
                settings.service,
                callee,
                base_url=settings.siblings[callee],
                tokens=tokens,
                limits=limits,
                secret=secret.get_secret_value() if secret else None,
            )

    def client(self, callee: str) -> ServiceClient | None:
        """None where this installation has no such service, or this one no business with it."""
        return self._clients.get(callee)

    def close(self) -> None:
        for client in self._clients.values():
            client.close()
