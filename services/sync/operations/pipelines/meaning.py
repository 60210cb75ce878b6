"""The third step of a check: names that are known, columns that exist, times that come, no secrets, no circles."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from services.sync.clients import cluster
from services.sync.domain.components import Kind
from services.sync.domain.configuration import Configuration, Partitions
from services.sync.domain.cursors import read_cursor
from services.sync.domain.filters.reading import read_filters
from services.sync.domain.findings import Finding
from services.sync.domain.graph import circle
from services.sync.domain.hosts import HostList
from services.sync.domain.partitions import by_months
from services.sync.domain.secrets import find_literal_secrets
from services.sync.domain.transform.mapping import Mapping as Compiled
from services.sync.loaders.targets import TARGETS
from services.sync.operations.components import components
from services.sync.operations.mappings import compiled, compiled_rules
from services.sync.operations.pipelines.reading import escaped
from services.sync.operations.pipelines.shape import SECTIONS, check_against
from services.sync.operations.pipelines.targets import check_conflicts, check_dispositions, check_sent, check_target
from shared.errors import Invalid
from shared.schedules import first_tick

_URL = re.compile(r"https?://", re.IGNORECASE)

Check = Callable[[Configuration], Iterator[Finding]]


def check_meaning(configuration: Configuration) -> list[Finding]:
    """What is wrong with one file whose shape is right; its neighbours are looked at by `check_dependencies`."""
    return [finding for check in _CHECKS for finding in check(configuration)]


def check_dependencies(name: str, graph: Mapping[str, Sequence[str]]) -> list[Finding]:
    """`graph` has every pipeline of the tenant as it would be, and what each depends on."""
    found = [
        Finding(f"/depends_on/{number}", "unknown_dependency", f"There is no pipeline {other}.")
        for number, other in enumerate(graph[name])
        if other not in graph
    ]
    round_trip = circle(name, graph)
    if round_trip:
        found.append(Finding("/depends_on", "dependency_cycle", f"A circle: {' → '.join(round_trip)}."))
    return found


def _components(configuration: Configuration) -> Iterator[Finding]:
    for section, kind in SECTIONS.items():
        given = configuration.given[section]
        yield from _component(kind, given["type"], given["config"], f"/{section}/type", f"/{section}/config")


def _component(kind: Kind, name: str, options: Any, named_at: str, configured_at: str) -> Iterator[Finding]:
    component = components(kind).get(name)
    if component is None:
        known = ", ".join(components(kind)) or "none"
        yield Finding(named_at, "unknown_component", f"There is no {kind[:-1]} {name}; known: {known}.")
        return
    if component.group is not None:
        text = f"{name} needs packages that are not installed: install the group {component.group}."
        yield Finding(named_at, "adapter_not_installed", text)
    yield from (finding.below(configured_at) for finding in check_against(component.schema, options))


def _transform(configuration: Configuration) -> Iterator[Finding]:
    if not _is_zone(configuration.source.get("time_zone", "UTC")):
        return  # told by another check
    mapping, findings = compiled(configuration)
    yield from (finding.below("/transform") for finding in findings)
    target = configuration.target
    if mapping is None:
        return
    is_here = target.type == "table" and target.table in TARGETS
    known = set(TARGETS[target.table].columns) if is_here else set(target.key)
    for column in set(target.key) & known - set(mapping.targets):
        yield Finding("/target/config/key", "key_not_mapped", f"No field is mapped to the key {column}.")
    yield from _placeholders(mapping)
    if target.type != "table":
        yield from check_sent(target.config, mapping)


def _placeholders(mapping: Compiled) -> Iterator[Finding]:
    """A parent that is made must have all that its table wants, and a row of it only says by what it was sought."""
    for lookup in mapping.lookups:
        if lookup.on_missing != "placeholder" or lookup.table not in TARGETS:
            continue
        wanted = TARGETS[lookup.table].required - lookup.matches[0].keys()
        if wanted:
            text = f"{lookup.table} has no row without {', '.join(sorted(wanted))}: match by it, too, or let rows wait."
            yield Finding(f"/transform/lookups/{escaped(lookup.target)}/on_missing", "invalid_value", text)


def _filters(configuration: Configuration) -> Iterator[Finding]:
    if "filters" in configuration.source:
        found = read_filters(configuration.source["filters"], triples=True)[1]
        yield from (finding.below("/source/filters") for finding in found)


def _times(configuration: Configuration) -> Iterator[Finding]:
    zone = configuration.source.get("time_zone", "UTC")
    if not _is_zone(zone):
        yield Finding("/source/time_zone", "unknown_time_zone", f"There is no time zone {zone!r}.")
    incremental = configuration.incremental
    if incremental is not None and incremental.initial is not None and read_cursor(incremental.initial) is None:
        yield Finding("/incremental/initial", "invalid_value", "The beginning is a time or a number.")
    for number, entry in enumerate(configuration.schedule):
        try:
            first_tick(entry["cron"], entry.get("time_zone", "UTC"))
        except Invalid as refusal:
            pointer = f"/schedule/{number}{refusal.errors[0].pointer}"
            yield Finding(pointer, refusal.code, refusal.detail)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


def _partitions(configuration: Configuration) -> Iterator[Finding]:
    wish = configuration.partitions
    if wish is None:
        return
    source = components("extractors").get(configuration.source["type"])
    if wish.by == "values" and not (wish.field and wish.values):
        yield Finding("/partitions", "missing_field", "Name the field, and the values that each part reads.")
    elif wish.by == "month":
        yield from _months(wish)
    elif wish.by == "key_range" and wish.values is not None:
        if not _is_ascending(wish.values):
            yield Finding("/partitions/values", "invalid_value", "The limits have to ascend, and be of one kind.")
    elif wish.by in ("key_range", "pages", "files"):
        if source is not None and wish.by not in source.divides:
            text = f"{configuration.source['type']} cannot be divided by {wish.by} by itself."
            yield Finding("/partitions/by", "invalid_value", text)
        if wish.by != "files" and wish.count is None:
            yield Finding("/partitions", "missing_field", "Say by `count` how many parts there are to be.")
    if configuration.batch_size == 0 or configuration.target.write == "replace":
        yield Finding("/partitions", "invalid_value", "A run that is one batch cannot be divided.")


def _months(wish: Partitions) -> Iterator[Finding]:
    if wish.values is None and wish.count is None:
        yield Finding("/partitions", "missing_field", "Say by `count` how many months, or name them in `values`.")
    for number, month in enumerate(wish.values or []):
        try:
            by_months("", [month])
        except ValueError as wrong:
            yield Finding(f"/partitions/values/{number}", "invalid_value", str(wrong))


def _is_ascending(values: Sequence[Any]) -> bool:
    try:
        return all(low < high for low, high in pairwise(values))
    except TypeError:
        return False


def _parents(configuration: Configuration) -> Iterator[Finding]:
    wish = configuration.parent_filter
    if wish is not None and wish.pipeline not in configuration.depends_on:
        text = f"Parents have to come first: name {wish.pipeline} in depends_on."
        yield Finding("/source/parent_filter/pipeline", "invalid_value", text)


def _secrets(configuration: Configuration) -> Iterator[Finding]:
    for section in SECTIONS:
        yield from find_literal_secrets(configuration.given[section], f"/{section}")


def _rules(configuration: Configuration) -> Iterator[Finding]:
    if _is_zone(configuration.source.get("time_zone", "UTC")):
        yield from (finding.below("/validate/rules") for finding in compiled_rules(configuration)[1])


def check_addresses(configuration: Configuration, hosts: HostList, private: HostList) -> list[Finding]:
    """Hosts that the operator does not list; what a name leads to is looked at when it is used."""
    return [
        Finding(pointer, "address_refused", "The host is not among those that pipelines may name.")
        for section in SECTIONS
        for pointer, url in _urls(configuration.given[section]["config"], f"/{section}/config")
        if not _is_listed(url, hosts, private)
    ]


def check_executor(configuration: Configuration, dask_address: str) -> list[Finding]:
    """Whether this installation has who is to work on the parts."""
    if configuration.executor != "dask":
        return []
    if not cluster.is_installed():
        text = f"The executor dask needs packages that are not installed: install the group {cluster.GROUP}."
        return [Finding("/executor", "adapter_not_installed", text)]
    if not dask_address:
        text = "The executor dask has no scheduler here: the setting DASK_ADDRESS names none."
        return [Finding("/executor", "executor_unknown", text)]
    return []


def _urls(section: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
    for key, value in section.items():
        if isinstance(value, str) and _URL.match(value):
            yield f"{pointer}/{escaped(str(key))}", value
        elif isinstance(value, Mapping):
            yield from _urls(value, f"{pointer}/{escaped(str(key))}")


def _is_listed(url: str, hosts: HostList, private: HostList) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return False
    return hosts.allows(host, port) or private.names(host, port)


_CHECKS: tuple[Check, ...] = (
    _components,
    check_target,
    _transform,
    _filters,
    _times,
    check_conflicts,
    check_dispositions,
    _partitions,
    _parents,
    _rules,
    _secrets,
)
