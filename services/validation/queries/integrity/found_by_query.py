"""Rules that only a query of their own can judge, by the name that their definition gives.

Each finds id, name and value of what fails; `{narrowed}` chooses among the rows of the rule's table.
"""

from typing import Final

from services.validation.domain.rules.definition import Query, Rule
from services.validation.domain.rules.scanning import Statement


def _moved(account: str) -> str:
    return f"sum(CASE '{account}' WHEN credit_account THEN amount WHEN debit_account THEN -amount ELSE 0 END)"


_OF_TENANT: Final = "tenant_id = :tenant AND ({narrowed})"
_RUNNING: Final = ", ".join(f"{_moved(name)} OVER entries AS {name}" for name in ("available", "pending", "spent"))
_ONCE: Final = " UNION ALL ".join(
    f"SELECT min(id) AS id, NULL AS name, {column} AS value FROM xp_transfers WHERE {_OF_TENANT}"
    f" AND {column} IS NOT NULL GROUP BY {column}{more} HAVING count(*) > 1"
    for column, more in (
        ("scene_id", ", character_id"),
        ("story_id", ", character_id"),
        ("weekly_request_id", ""),
        ("story_request_id", ""),
    )
)
_QUERIES: Final = {
    "entries_continuous": (
        "SELECT id, NULL AS name, entry_no AS value FROM (SELECT id, entry_no, available_after, pending_after,"
        f" spent_after, row_number() OVER entries AS place, {_RUNNING} FROM xp_transfers WHERE {_OF_TENANT}"
        " WINDOW entries AS (PARTITION BY character_id ORDER BY entry_no)) AS numbered WHERE entry_no <> place"
        " OR (available_after, pending_after, spent_after) <> (available, pending, spent) ORDER BY id"
    ),
    # From the entries alone: a projection that differs from them is a finding of another rule.
    "issued_equals_held": (
        "SELECT NULL AS id, NULL AS name, issued - held AS value FROM"
        f" (SELECT COALESCE(-{_moved('issued')}, 0) AS issued FROM xp_transfers WHERE {_OF_TENANT}) AS entries,"
        " (SELECT COALESCE(sum(available_after + pending_after + spent_after), 0) AS held FROM"
        f" (SELECT DISTINCT ON (character_id) * FROM xp_transfers WHERE {_OF_TENANT}"
        " ORDER BY character_id, entry_no DESC) AS newest) AS characters WHERE issued <> held"
    ),
    "pending_has_reservation": (
        "SELECT id, trait_name AS name, state AS value FROM xp_spend_requests AS request"
        f" WHERE {_OF_TENANT} AND (state = 'Pending') <> EXISTS (SELECT FROM xp_transfers AS held"
        " WHERE held.tenant_id = :tenant AND held.id = request.reservation_id AND held.kind = 'reserve'"
        " AND held.amount = request.cost AND NOT EXISTS (SELECT FROM xp_transfers AS resolved"
        " WHERE resolved.tenant_id = :tenant AND resolved.reservation_id = held.id)) ORDER BY id"
    ),
    "resolved_once": (
        f"SELECT min(id) AS id, NULL AS name, reservation_id AS value FROM xp_transfers WHERE {_OF_TENANT}"
        " AND reservation_id IS NOT NULL GROUP BY reservation_id HAVING count(*) > 1 ORDER BY 1"
    ),
    "awarded_once": f"SELECT * FROM ({_ONCE}) AS awarded ORDER BY id",
    "left_scenes": (
        f"SELECT id, name, status AS value FROM characters WHERE {_OF_TENANT} AND status IN ('Ret', 'Dec')"
        " AND EXISTS (SELECT FROM scene_participants AS part JOIN scenes ON scenes.tenant_id = part.tenant_id"
        " AND scenes.id = part.scene_id WHERE part.tenant_id = :tenant AND part.character_id = characters.id"
        " AND NOT scenes.finished) ORDER BY id"
    ),
    "few_pending": (
        "SELECT id, name, waiting.number AS value FROM characters JOIN (SELECT character_id, count(*) AS number"
        " FROM xp_spend_requests WHERE tenant_id = :tenant AND state = 'Pending' GROUP BY character_id"
        " HAVING count(*) > 20) AS waiting ON waiting.character_id = characters.id"
        f" WHERE {_OF_TENANT} ORDER BY id"
    ),
    "status_history": (
        "SELECT id, name, status AS value FROM characters JOIN (SELECT DISTINCT ON (character_id) character_id,"
        " new AS told FROM status_changes WHERE tenant_id = :tenant ORDER BY character_id, id DESC) AS newest"
        f" ON newest.character_id = characters.id WHERE {_OF_TENANT} AND newest.told <> status ORDER BY id"
    ),
}


def find_by_query(rule: Rule, *, narrowed: str) -> Statement:
    assert isinstance(rule.body, Query)
    return Statement(_QUERIES[rule.body.name].replace("{narrowed}", narrowed))
