"""Mends failing rows and keeps what they were, set-based: a statement changes the rows and stores their before-images.

What a transaction has mended are the images with its time (`created_at = now()`).
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.planning import Planned
from services.validation.domain.rules.definition import LedgerBalance, Rule, Unique, joint_condition
from services.validation.domain.rules.expressions.sql import Bound, to_sql
from services.validation.domain.rules.fixing import keep_oldest, mend, new_values, preview
from services.validation.domain.rules.scanning import Statement, balances
from services.validation.queries.integrity.narrowing import narrowed
from services.validation.queries.integrity.scanning import bound, run, statement_of
from shared.tenancy import tenant_of

PROJECTIONS: Final = ("xp", "xp_pending", "xp_spent", "ledger_entries")
_ACCOUNTS: Final = {"xp": "available", "xp_pending": "pending", "xp_spent": "spent"}
_IMAGE: Final = "INSERT INTO before_images (tenant_id, run_id, rule, table_name, row_id, old, new)"
MINE: Final = "images.tenant_id = :tenant AND images.run_id = :run AND images.created_at = now()"


def assigning(rules: Sequence[Planned]) -> list[Rule]:
    """Rules whose fix gives fields new values."""
    return [each.rule for each in rules if each.rule.fix is not None and each.rule.fix.assigns]


def mend_values(
    session: Session, run_id: uuid.UUID, now: Sequence[Rule], all_of_them: Sequence[Rule], options: Options
) -> None:
    """Rows of one table that break a rule of `now` are mended for `all_of_them` at once: where their constraints are
    there already, no smaller step would be let through."""
    table = now[0].table
    failing = Bound(prefix="failing")
    where = f"({narrowed(table, options)}) AND ({to_sql(joint_condition(list(now)), failing)}) IS FALSE"
    change = mend(table, all_of_them, narrowed=where)
    parts, names = [], dict[str, object]()
    for place, (field, rule) in enumerate(_owners(all_of_them).items()):
        old, new = f"mended.old_{field}", f"mended.new_{field}"
        names[f"rule_{place}"] = rule
        parts.append(
            f"(CAST(:rule_{place} AS text), jsonb_build_object('{field}', {old}), jsonb_build_object('{field}', {new}),"
            f" {old} IS DISTINCT FROM {new})"
        )
    statement = Statement(
        f"WITH mended AS ({change.sql}) {_IMAGE} SELECT :tenant, :run, image.rule, '{table}', mended.id, image.old,"
        f" image.new FROM mended CROSS JOIN LATERAL (VALUES {', '.join(parts)}) AS image (rule, old, new, differs)"
        " WHERE image.differs",
        {**change.params, **failing.params, **names},
    )
    _execute(session, statement, options, run_id)


def _owners(rules: Sequence[Rule]) -> dict[str, str]:
    """Field to the first rule that assigns it."""
    found: dict[str, str] = {}
    for rule in rules:
        for name in rule.fix.assigns if rule.fix else ():
            found.setdefault(name, rule.id)
    return found


def mend_projections(session: Session, run_id: uuid.UUID, rule: Rule, options: Options) -> None:
    """Balances from the ledger again, which alone may write them."""
    find = statement_of(rule, options)
    held = ", ".join(f"'{name}', c.{name}" for name in PROJECTIONS)
    keep = Statement(
        f"{_IMAGE} SELECT :tenant, :run, :rule, 'characters', c.id, jsonb_build_object({held}), NULL"
        " FROM characters AS c WHERE c.tenant_id = :tenant"
        f" AND c.id IN (SELECT failing.id FROM ({find.sql}) AS failing)"
        " ORDER BY c.id FOR UPDATE",
        {**find.params, "rule": rule.id},
    )
    _execute(session, keep, options, run_id)
    mine = f"{MINE} AND images.rule = :rule"
    for sql in (
        f"SELECT count(*) FROM rebuild_projections(ARRAY(SELECT row_id FROM before_images AS images WHERE {mine}))",
        f"UPDATE before_images AS images SET new = jsonb_build_object({held}) FROM characters AS c"
        f" WHERE {mine} AND c.tenant_id = :tenant AND c.id = images.row_id",
        "UPDATE characters AS c SET version = version + 1 FROM before_images AS images"
        f" WHERE {mine} AND c.tenant_id = :tenant AND c.id = images.row_id",
    ):
        _execute(session, Statement(sql, {"rule": rule.id}), options, run_id)


def delete_repeated(session: Session, run_id: uuid.UUID, rule: Rule, options: Options) -> None:
    """All but the oldest of each group."""
    _look, remove = keep_oldest(rule, narrowed=narrowed(rule.table, options))
    _delete(session, run_id, rule, rule.table, remove, options)


def detach(session: Session, run_id: uuid.UUID, rule: Rule, options: Options) -> None:
    """Takes characters that have left the game out of scenes that go on."""
    find = statement_of(rule, options)
    remove = Statement(
        "DELETE FROM scene_participants AS t USING scenes WHERE t.tenant_id = :tenant AND scenes.tenant_id = :tenant"
        " AND scenes.id = t.scene_id AND NOT scenes.finished"
        f" AND t.character_id IN (SELECT failing.id FROM ({find.sql}) AS failing) RETURNING t.id, to_jsonb(t) AS row",
        find.params,
    )
    _delete(session, run_id, rule, "scene_participants", remove, options)


def _delete(session: Session, run_id: uuid.UUID, rule: Rule, table: str, remove: Statement, options: Options) -> None:
    statement = Statement(
        f"WITH gone AS ({remove.sql}) {_IMAGE}"
        f" SELECT :tenant, :run, :rule, '{table}', gone.id, gone.row, NULL FROM gone",
        {**remove.params, "rule": rule.id},
    )
    _execute(session, statement, options, run_id)


def _execute(session: Session, statement: Statement, options: Options, run_id: uuid.UUID) -> None:
    session.execute(*bound(session, statement, options, run=run_id))


def fixed_values(
    session: Session, rules: Sequence[Rule], ids: Sequence[int], options: Options
) -> dict[tuple[str, int], Any]:
    """What a fix would make of some rows of one table: (field, id) to the new value."""
    found: dict[tuple[str, int], Any] = {}
    changing = [rule for rule in rules if rule.fix is not None and rule.fix.assigns]
    if changing:
        statement = preview(changing[0].table, changing, narrowed="id = ANY(:ids)")
        for row in run(session, statement, options, ids=list(ids)):
            found |= {(name, row["id"]): row[f"new_{name}"] for name in new_values(changing)}
    for name in dict.fromkeys(projected(rule) for rule in rules):
        if name is None:
            continue
        entries = f"({balances(_ACCOUNTS[name])}) AS entries"
        statement = Statement(
            f"SELECT chosen.id, COALESCE(entries.balance, 0) AS balance FROM unnest(:ids) AS chosen (id)"
            f" LEFT JOIN {entries} ON entries.character_id = chosen.id"
        )
        found |= {(name, row["id"]): row["balance"] for row in run(session, statement, options, ids=list(ids))}
    return found


def projected(rule: Rule) -> str | None:
    """The balance that the fix of a rule makes anew."""
    if rule.fix is None or rule.fix.kind != "project":
        return None
    return rule.body.projection if isinstance(rule.body, LedgerBalance) else rule.fields[0]


def digest(session: Session, checks: Sequence[Sequence[Planned]], options: Options) -> str:
    """Stands for everything that these checks would change now; one statement each."""
    told = sha256()
    for check in checks:
        for statement in _previews(check, options):
            rows = Statement(
                "SELECT md5(string_agg(md5(CAST(shown AS text)), '' ORDER BY CAST(shown AS text)))"
                f" AS digest FROM ({statement.sql}) AS shown",
                statement.params,
            )
            (found,) = run(session, rows, options)
            told.update(str(found["digest"]).encode())
    return told.hexdigest()


def _previews(check: Sequence[Planned], options: Options) -> Iterator[Statement]:
    by_table: dict[str, list[Rule]] = {}
    for rule in assigning(check):
        by_table.setdefault(rule.table, []).append(rule)
    for table, rules in by_table.items():
        yield preview(table, rules, narrowed=narrowed(table, options))
    for each in check:
        if isinstance(each.rule.body, Unique):
            yield keep_oldest(each.rule, narrowed=narrowed(each.rule.table, options))[0]
        elif each.rule.fix is not None and not each.rule.fix.assigns:
            yield statement_of(each.rule, options)


def add_status_history(session: Session, run_id: uuid.UUID, actor: str | None, reason: str) -> None:
    """A row for each status that this transaction has changed."""
    session.execute(
        text(
            "INSERT INTO status_changes (tenant_id, character_id, old, new, actor, reason, created_by)"
            " SELECT images.tenant_id, images.row_id, images.old ->> 'status', images.new ->> 'status', :actor,"
            f" :reason, :actor FROM before_images AS images WHERE {MINE} AND images.table_name = 'characters'"
            " AND images.new ->> 'status' IS NOT NULL ORDER BY images.row_id"
        ),
        {"tenant": tenant_of(session), "run": run_id, "actor": actor, "reason": reason},
    )


def changed_rows(session: Session, run_id: uuid.UUID) -> Mapping[str, int]:
    """Rows that a run has changed, by rule."""
    found = session.execute(
        text(
            "SELECT rule, count(DISTINCT row_id) FROM before_images"
            " WHERE tenant_id = :tenant AND run_id = :run GROUP BY rule"
        ),
        {"tenant": tenant_of(session), "run": run_id},
    )
    return dict(found.all())
