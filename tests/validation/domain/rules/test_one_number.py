"""One number of a definition decides the constraint, the API, the scan, the fix, the batch and the page."""

import dataclasses
from datetime import date
from typing import Any

from services.validation.domain.rules.constraints import constraint
from services.validation.domain.rules.definition import RuleSet
from services.validation.domain.rules.documenting import markdown, page
from services.validation.domain.rules.expressions.columns import Setting
from services.validation.domain.rules.expressions.trees import fields_of
from services.validation.domain.rules.faulting import faults_of
from services.validation.domain.rules.fixing import mend, preview
from services.validation.domain.rules.judging import judge
from services.validation.domain.rules.scanning import scan
from services.validation.domain.rules.tables import TABLES
from shared.patterns import compile_pattern
from tests.validation.domain.rules.shipped import changed, shipped

SETTING = Setting(date(2024, 1, 31), compile_pattern)


def faces(core: RuleSet, age: int) -> dict[str, Any]:
    """What is made of the rule about ages, and what it says of one age."""
    rule = core.rule("reasonable_age")
    assert rule is not None
    row = {"age": age, "age_max": 500}
    as_records = dataclasses.replace(
        core, rules=(rule,), fields={name: TABLES["characters"].fields[name] for name in row}
    )
    statements = [made("characters", [rule]) for made in (scan, preview, mend)]
    return {
        "constraint": constraint(rule).definition,
        "api": [(broken.rule, broken.message) for broken in faults_of([rule], row, SETTING)],
        "scan": statements[0].params,
        "fix": [statement.params for statement in statements[1:]],
        "batch": judge(as_records, [row], SETTING, lambda *_: ()).failed,
        "docs": [line for line in markdown(core).splitlines() if "age lies between" in line and "apparent" not in line],
        "page": "age lies between 18 and age_max" in page(core),
    }


def test_all_faces_follow_one_changed_number() -> None:
    grown = changed("core", lambda text: text.replace("field: age\n    min: 0", "field: age\n    min: 18"))
    before, after = faces(shipped("core"), 12), faces(grown, 12)
    assert before["constraint"] == "CHECK (((age >= 0) AND (age <= age_max)))"
    assert after["constraint"] == "CHECK (((age >= 18) AND (age <= age_max)))"
    assert before["api"] == []
    assert after["api"] == [("reasonable_age", "age must lie between 18 and 500.")]
    assert 0 in before["scan"].values()
    assert 18 in after["scan"].values()
    assert all(0 in params.values() for params in before["fix"])
    assert all(18 in params.values() and 0 not in params.values() for params in after["fix"])
    assert (before["batch"], after["batch"]) == ([], [0])
    assert len(before["docs"]) == 1
    assert "0 and" in before["docs"][0]
    assert "18 and" in after["docs"][0]
    assert (before["page"], after["page"]) == (False, True)


def test_every_rule_reads_fields_that_its_table_has() -> None:
    for name in ("core", "ledger", "hygiene", "tables"):
        for rule in shipped(name).rules:
            known = TABLES[rule.table].fields
            assert set(rule.reads) <= known.keys(), rule.id
            if rule.holds is not None:
                assert set(fields_of(rule.holds)) <= known.keys(), rule.id
