"""Settings from the environment, read once, in one typed class; nothing else looks at `os.environ`."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, IPvAnyNetwork, SecretStr
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class _Files(EnvSettingsSource):
    """`<NAME>_FILE` is a file with what `<NAME>` would say: a secret, or an address with a password in it."""

    def _load_env_vars(self) -> dict[str, str | None]:
        given = super()._load_env_vars()
        names = [self.env_prefix.lower() + field for field in self.settings_cls.model_fields]
        return {name: Path(file).read_text().strip() for name in names if (file := given.get(f"{name}_file"))}


class Settings(BaseSettings):
    """Common settings of every service; a service subclasses this and sets `service`.

    Each field may be given for one service (`CONCORD_<SERVICE>_<NAME>`) or for all (`CONCORD_<NAME>`), in both cases
    also by a file (`…_FILE`); the service's own wins. A default must be safe in production; what has none is required.
    """

    service: ClassVar[str]
    model_config = SettingsConfigDict(extra="ignore")

    database_url: SecretStr = Field(description="Application role: no DDL, no BYPASSRLS.")
    owner_url: SecretStr | None = Field(None, description="Owner of the schema; needed by migrations only.")
    relay_url: SecretStr | None = Field(None, description="Role of the relay; sees jobs and schedules of all tenants.")
    redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    public_url: str = Field("http://127.0.0.1:8080", description="Address of the gateway, for links and `iss` checks.")

    secret_key: SecretStr = Field(min_length=32, description="Signs cursors and confirm tokens; 32 characters or more.")

    jwks: str = Field(
        description="File path or URL of the JSON Web Key Set that user and service tokens are checked against."
    )
    issuer: str = Field("concord", description="Expected `iss` of user tokens.")
    token_leeway_seconds: int = 10

    service_key_file: Path | None = Field(
        None, description="This service's own private key; without one it calls none."
    )
    siblings: dict[str, str] = Field({}, description="Addresses of the services that this one calls, by name.")
    pair_secrets: dict[str, SecretStr] = Field({}, description="Secrets shared with siblings; sign callbacks.")

    webhook_ports: list[int] = Field([80, 443], description="Ports that webhooks may name.")
    webhook_networks: list[IPvAnyNetwork] = Field([], description="Private networks that webhooks may reach as well.")
    smtp_host: str | None = Field(None, description="Mail server; without one no mail is sent.")
    smtp_port: int = Field(587, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="How the connection is secured.")
    smtp_user: str | None = Field(None, description="Name to log in with, if it wants one.")
    smtp_password: SecretStr | None = Field(None, description="Password to log in with.")
    smtp_from: str = Field("concord@localhost", description="Sender of mail.")

    session_keys: list[SecretStr] = Field(
        [],
        description="Sign the console's sessions, in all services alike: the last signs, all verify.  [secret key]",
    )
    oidc_issuer: str | None = Field(None, description="Identity provider (OpenID Connect) that people log in through.")
    oidc_client_id: str | None = Field(None, description="Who we are to it.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret that goes with it.")
    oidc_tenant_claim: str = Field("tenant", description="Claim of its tokens that holds the tenant's id.")
    oidc_roles_claim: str = Field("roles", description="Claim of its tokens that holds the roles.")
    session_days: int = Field(14, ge=1, description="How long people stay logged in.")
    console_services: list[str] = Field([], description="Services in the console's menu; without any this one alone.")

    superuser_tables: bool = Field(False, description="Show admins every table of the service, row by row.")

    log_level: str = "INFO"
    log_file: Path | None = Field(None, description="Also write the log here; standard output has it anyway.")
    trusted_proxies: int = Field(1, ge=0, description="How many proxies stand in front; 0 trusts no forwarded header.")

    pool_size: int = Field(8, ge=1)
    pool_timeout_seconds: float = 2.5
    statement_timeout_seconds: float = 15.0
    lock_wait_seconds: float = 3.0

    rate_limit_per_minute: int = Field(600, ge=0, description="Per tenant and user; 0 switches the limit off.")
    max_body_bytes: int = 10 * 1024 * 1024
    idempotency_hours: int = 24

    audit_retention_days: int = Field(90, ge=1, description="Days until an audit row is archived.")
    audit_archive_days: int = Field(730, ge=0, description="Days that an archived audit row is kept.")

    job_lease_seconds: float = Field(30.0, gt=0, description="A worker that is silent this long has lost its job.")
    job_max_attempts: int = Field(5, ge=1)
    job_timeout_seconds: int = Field(3600, gt=0, description="Hard limit of one RQ hand-over.")
    event_stream_seconds: int = Field(60, gt=0)

    @property
    def signing_key(self) -> bytes:
        return self.secret_key.get_secret_value().encode()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names the arguments
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        prefixes = (f"CONCORD_{cls.service.upper()}_", "CONCORD_")
        kinds = (EnvSettingsSource, _Files)
        return init_settings, *(kind(settings_cls, env_prefix=prefix) for prefix in prefixes for kind in kinds)
