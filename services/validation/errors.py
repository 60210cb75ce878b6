"""Facts that stop an operation of this service, each with its status and code."""

from shared.errors import DomainError


class TenantInactive(DomainError):
    """An inactive tenant can be read, nothing else."""

    status = 403
    code = "tenant_inactive"
