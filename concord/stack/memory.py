"""What a stack was told at its start and later commands need: its port, its address, the name of its issuer."""

from dataclasses import asdict, dataclass

from concord.settings import DEFAULT_ISSUER, DEFAULT_PORT, StackSettings
from concord.stack.home import Home

_FILE = "stack.json"


@dataclass(frozen=True, slots=True)
class Facts:
    port: int
    public_url: str
    issuer: str


def remembered(settings: StackSettings, home: Home) -> Facts:
    """What the environment says now, else what an earlier `up` was told, else the defaults."""
    known = home.read(_FILE)
    port = settings.port or known.get("port") or DEFAULT_PORT
    same_port = port == known.get("port")
    public_url = settings.public_url or (known["public_url"] if same_port else f"http://{settings.bind}:{port}")
    return Facts(port, public_url, settings.issuer or known.get("issuer") or DEFAULT_ISSUER)


def remember(facts: Facts, home: Home) -> None:
    home.write(_FILE, asdict(facts))
