"""Which rows of a table a run looks at, as SQL of this service; values are parameters."""

from typing import Any

from services.validation.domain.integrity.options import Options
from services.validation.domain.rules.tables import TABLES


def narrowed(table: str, options: Options) -> str:
    if table == "characters":
        return _characters(options)
    known = TABLES[table].fields
    if options.chronicle is not None and table == "chronicles":
        return "id = :chronicle"
    if options.chronicle is not None and "chronicle_id" in known:
        return "chronicle_id = :chronicle"
    if "character_id" in known and (options.chronicle is not None or options.character_status):
        chosen = (
            f"SELECT chosen.id FROM characters AS chosen WHERE chosen.tenant_id = :tenant AND {_characters(options)}"
        )
        return f"character_id IN ({chosen})"
    return "TRUE"


def _characters(options: Options) -> str:
    wanted = []
    if options.character_status:
        wanted.append("status = ANY(:character_status)")
    if options.chronicle is not None:
        wanted.append("chronicle_id = :chronicle")
    return " AND ".join(wanted) or "TRUE"


def parameters(options: Options) -> dict[str, Any]:
    """Those that `narrowed` may name."""
    return {"character_status": list(options.character_status), "chronicle": options.chronicle}
