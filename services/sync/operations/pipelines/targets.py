"""What a check says of targets: tables and columns that are there, and what each kind of target can do."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.sync.domain.configuration import Configuration
from services.sync.domain.findings import Finding
from services.sync.domain.transform.mapping import Mapping as Compiled
from services.sync.loaders.targets import TARGETS
from services.sync.operations.components import components
from services.sync.operations.pipelines.reading import escaped


def check_target(configuration: Configuration) -> Iterator[Finding]:
    target = configuration.target
    if target.type != "table" or not target.table:
        return
    table = TARGETS.get(target.table)
    if table is None:
        known = ", ".join(TARGETS)
        yield Finding("/target/config/table", "unknown_table", f"There is no table {target.table}; known: {known}.")
        return
    if target.table in TARGETS.references:
        yield from _reference(configuration)
    for column in target.key:
        if column not in table.columns:
            text = f"{target.table} has no column {column}."
            yield Finding("/target/config/key", "unknown_column", text)


def _reference(configuration: Configuration) -> Iterator[Finding]:
    """What promotions refer to is edited by its own calls, so nobody could settle a conflict about it here."""
    if configuration.target.conflict_strategy == "manual":
        text = "Rows of promotions.* have no conflicts: name which side wins."
        yield Finding("/target/conflict_strategy", "invalid_value", text)
    if configuration.target.write == "replace":
        text = "Promotions may refer to these rows, so they are not replaced: use upsert."
        yield Finding("/target/write", "invalid_value", text)


def check_sent(config: Mapping[str, Any], mapping: Compiled) -> Iterator[Finding]:
    """Every field that a request is made of has to be mapped; nothing is looked up in tables on the way."""
    find = config.get("find", {})
    given = (("body", config.get("body", {})), ("find/query", find.get("query", {})))
    for section, fields in given:
        for name, field in fields.items():
            if field not in mapping.targets:
                pointer = f"/target/config/{section}/{escaped(name)}"
                yield Finding(pointer, "unknown_column", f"No mapping fills {field!r}.")
    for lookup in mapping.lookups:
        pointer = f"/transform/lookups/{escaped(lookup.target)}"
        yield Finding(pointer, "invalid_value", "References are looked up for tables only.")


def check_conflicts(configuration: Configuration) -> Iterator[Finding]:
    target = configuration.target
    if target.conflict_strategy == "newest_wins" and not (target.timestamp_field or configuration.cursor_field):
        text = "newest_wins compares times: name timestamp_field, or an incremental field."
        yield Finding("/target/conflict_strategy", "missing_field", text)


def check_dispositions(configuration: Configuration) -> Iterator[Finding]:
    if configuration.target.write == "replace" and configuration.incremental is not None:
        text = "replace takes full runs only; leave incremental out."
        yield Finding("/target/write", "invalid_value", text)
    yield from _elsewhere(configuration)
    table = TARGETS.get(configuration.target.table) if configuration.target.type == "table" else None
    if table is not None and table.versions != (configuration.target.write == "scd2"):
        keeps = "every version of a row: write has to be scd2" if table.versions else "one row for a key, no versions"
        yield Finding("/target/write", "invalid_value", f"{table.name} keeps {keeps}.")
    if table is not None and table.versions and set(configuration.target.key) != set(table.natural_key):
        text = f"Versions are kept by {', '.join(table.natural_key)}."
        yield Finding("/target/config/key", "invalid_value", text)


def _elsewhere(configuration: Configuration) -> Iterator[Finding]:
    """What a loader cannot do, and what it has to be told first."""
    target, loader = configuration.target, components("loaders").get(configuration.target.type)
    if loader is None:
        return  # told by another check
    if target.write not in loader.writes:
        text = f"A target of the type {target.type} takes {' or '.join(sorted(loader.writes))}."
        yield Finding("/target/write", "invalid_value", text)
    if target.conflict_strategy not in loader.strategies:
        text = f"With a target of the type {target.type} it is {' or '.join(sorted(loader.strategies))}."
        yield Finding("/target/conflict_strategy", "invalid_value", text)
    if configuration.detects_deletes and not loader.ends_rows:
        text = f"A target of the type {target.type} ends no rows."
        yield Finding("/deletes/detect", "invalid_value", text)
    if target.type == "postgres":
        yield from _database(configuration)
    if target.type == "http":
        yield from _interface(configuration)


def _database(configuration: Configuration) -> Iterator[Finding]:
    target = configuration.target
    if configuration.detects_deletes and target.write == "append":
        yield Finding("/deletes/detect", "invalid_value", "Rows that are only added are not looked for again.")
    if configuration.detects_deletes and target.write == "upsert" and "on_delete" not in target.config:
        text = "Say what becomes of rows there that the source has no more: remove, or {column}."
        yield Finding("/target/config/on_delete", "missing_field", text)
    if target.conflict_strategy == "newest_wins" and target.timestamp_field is None:
        text = "newest_wins compares times: name the column there that says when a row was edited."
        yield Finding("/target/timestamp_field", "missing_field", text)


def _interface(configuration: Configuration) -> Iterator[Finding]:
    config = configuration.target.config
    if not configuration.detects_deletes:
        return
    ending = config.get("on_delete")
    if ending is None:
        text = "Say what is sent there for rows that the source has no more: {method, path, body}."
        yield Finding("/target/config/on_delete", "missing_field", text)
    elif "find" not in config and "path" not in ending:
        yield Finding("/target/config/on_delete/path", "missing_field", "Without find, say which path ends a row.")
    if not configuration.target.key:
        yield Finding("/target/config/key", "missing_field", "Rows are missed by their key: name it.")
