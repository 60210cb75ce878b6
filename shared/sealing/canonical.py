"""The form of a row and of a seal that is hashed, as SQL over their tables.

A row's digest is the SHA-256 of the UTF-8 text of a JSON array: the word `concord.audit.row.1`, then the columns in
the order below. It is PostgreSQL's text of jsonb: `, ` between items, `: ` after keys, keys ordered by length and
then by bytes, no other white space. Times are microseconds since 1970, UUIDs lower-case text, absent values null.
`rows_hash` is the SHA-256 of the rows' digests, 32 bytes each, in the order of their ids. `seal_hash` is made like a
row's digest, from the word `concord.audit.seal.1` and the seal's own columns.
"""

from typing import Final

_ROW: Final = (
    "tenant_id",
    "id",
    "created_at",
    "event_type",
    "level",
    "action",
    "entity_type",
    "entity_id",
    "actor",
    "actor_name",
    "client_address",
    "message",
    "changes",
    "metadata",
    "security_flags",
    "duration_ms",
    "correlation_id",
    "origin_correlation_id",
    "retention_class",
    "retention_until",
)
_SEAL: Final = (
    "tenant_id",
    "retention_class",
    "number",
    "first_id",
    "last_id",
    "first_at",
    "last_at",
    "row_count",
    "rows_hash",
    "retention_until",
    "previous_hash",
    "sealed_at",
)
_HASHES: Final = ("rows_hash", "previous_hash")
_TIMES: Final = ("created_at", "retention_until", "first_at", "last_at", "sealed_at")

DIGEST_BYTES: Final = 4


def row_digest(row: str) -> str:
    """SQL for the digest of the row of the audit table known as `row`."""
    return _sha256("concord.audit.row.1", [_item(row, column) for column in _ROW])


def seal_hash(seal: str) -> str:
    """SQL for the hash of the seal known as `seal`."""
    return _sha256("concord.audit.seal.1", [_item(seal, column) for column in _SEAL])


def _sha256(kind: str, items: list[str]) -> str:
    return f"sha256(convert_to(jsonb_build_array('{kind}', {', '.join(items)})::text, 'UTF8'))"


def _item(row: str, column: str) -> str:
    if column in _TIMES:
        return f"(extract(epoch from {row}.{column}) * 1000000)::bigint"
    return f"encode({row}.{column}, 'hex')" if column in _HASHES else f"{row}.{column}"
