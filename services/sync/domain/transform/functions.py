"""Transform functions: what a registered one is, and those that come with the service."""

from collections.abc import Callable, Mapping
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.transform.columns import Columns

Function = Callable[[Columns, Mapping[str, Any]], Columns]
"""Receives the page and its options and returns the page. Raising makes the run fail; flagging rows does not.

The `build` of its component is the function itself; its first call is with an empty page, to learn its columns.
"""


def split_sku(columns: Columns, _options: Mapping[str, Any]) -> Columns:
    """`sku` at its last hyphen into `base_sku` and `variant_code`; without two halves the whole is the base."""
    halves = [_halves(sku) for sku in columns.get("sku")]
    columns.columns["base_sku"] = [base for base, _ in halves]
    columns.columns["variant_code"] = [code for _, code in halves]
    return columns


def _halves(sku: object) -> tuple[str, str]:
    text = "" if sku is None else str(sku).strip()
    base, _, code = text.rpartition("-")
    return (base, code) if base and code else (text, "")


_NO_OPTIONS = {"type": "object", "properties": {}, "additionalProperties": False}


SPLIT_SKU = Component("split_sku", _NO_OPTIONS, split_sku)
