"""Integrity runs, their findings and before-images, and the quarantine in JSON."""

from typing import Any

import marshmallow as ma

from services.validation.domain.integrity.options import ALL, DEFAULT_SETS, MAX_SAMPLES, Mode
from services.validation.domain.statuses import STATUSES
from services.validation.schemas.fields import MAX_ID, Body, Flag, Slug, Text, Whole, read_only
from shared.listing import ListArgs, Several

RULE = "strength_range"
TIME = "2026-11-21T09:00:00Z"
RUN = "0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21"


class RuleName(Slug):
    def __init__(self, example: str = RULE, **options: Any) -> None:
        super().__init__(100, example=example, **options)


def _names(example: list[str], about: str, *, most: int = 500, **options: Any) -> Any:
    metadata = {"example": example, "description": about}
    length = ma.validate.Length(max=most, error=f"too_many|At most {most}.")
    return ma.fields.List(RuleName(example[0] if example else RULE), validate=length, metadata=metadata, **options)


class IntegrityRunAsk(Body):
    """What a run is to do."""

    mode = ma.fields.String(
        load_default=str(Mode.CHECK),
        validate=ma.validate.OneOf([Mode.CHECK, Mode.DRY_RUN, Mode.FIX]),
        metadata={"example": "check", "description": "Report; show what a fix would change; repair."},
    )
    fix_rules = _names([ALL], 'Rules to repair, or ["all"]; needed for `fix`.', load_default=list)
    rules = _names([RULE], "Only these rules; none means all of the sets.", load_default=list)
    rule_sets = _names(
        list(DEFAULT_SETS), "The sets whose rules are looked at.", most=20, load_default=lambda: list(DEFAULT_SETS)
    )
    character_status = ma.fields.List(
        ma.fields.String(metadata={"example": "App"}),
        load_default=list,
        validate=ma.validate.Length(max=20, error="too_many|At most 20."),
        metadata={"example": ["App"], "description": f"Only characters in these statuses ({', '.join(STATUSES)})."},
    )
    chronicle = Whole(
        1,
        MAX_ID,
        example=7,
        load_default=None,
        allow_none=True,
        metadata={"description": "Only what belongs to this chronicle."},
    )
    samples = Whole(
        0,
        MAX_SAMPLES,
        example=20,
        load_default=None,
        allow_none=True,
        metadata={"description": "Failing rows that are listed for each rule; null: as many as the rule says."},
    )
    quarantine = Flag(
        load_default=False,
        metadata={"example": False, "description": "Set rows apart that break a rule marked so and are not repaired."},
    )
    strict = Flag(load_default=False, metadata={"example": False, "description": "Whether warnings count as issues."})
    plan = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"example": RUN, "description": "A dry run: the fix changes exactly what that showed, or nothing."},
    )
    inline = Flag(
        load_default=False,
        metadata={"example": False, "description": "Done within the request, without a worker."},
    )

    @ma.validates_schema
    def _fits(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("mode") == Mode.FIX and not data.get("fix_rules"):
            raise ma.ValidationError("required|A fix names its rules.", "fix_rules")
        if data.get("plan") is not None and data.get("mode") != Mode.FIX:
            raise ma.ValidationError("not_applicable|Only a fix follows a plan.", "plan")


class RunRuleSetSchema(ma.Schema):
    name = read_only(ma.fields.String, "core", "The rule set.")
    version = read_only(ma.fields.Integer, 1, "Its version.")


class RuleConstraintSchema(ma.Schema):
    name = read_only(ma.fields.String, "characters_strength_range", "Its name in the database.")
    state = read_only(ma.fields.String, "valid", "absent, not_valid or valid.")


class IntegrityResultSchema(ma.Schema):
    """One rule of a run."""

    rule_set = read_only(ma.fields.String, "core", "Its set.")
    rule = read_only(ma.fields.String, RULE, "Its id.")
    check = read_only(ma.fields.String, "attributes", "The group that it is reported and repaired in.")
    title = read_only(ma.fields.String, "strength out of range", "What is wrong with failing rows.")
    severity = read_only(ma.fields.String, "error", "error, warning or info.")
    kind = read_only(ma.fields.String, "range", "Its kind.")
    table = read_only(ma.fields.String, "characters", "The table that it is about.")
    field = read_only(ma.fields.String, "strength", "The field that it is about.")
    found = read_only(ma.fields.Integer, 3, "Failing units before anything was repaired.")
    fixed = read_only(ma.fields.Integer, 3, "found less remaining.")
    changed_rows = read_only(ma.fields.Integer, 3, "Rows that the repair changed.")
    remaining = read_only(ma.fields.Integer, 0, "Failing units at the end.")
    fixable = read_only(ma.fields.Boolean, True, "Whether it has a repair.")
    status = read_only(ma.fields.String, "fixed", "ok, findings, fixed, error or not_run.")
    constraint = ma.fields.Nested(
        RuleConstraintSchema,
        dump_only=True,
        allow_none=True,
        metadata={"description": "Its constraint, if it has one."},
    )
    samples = ma.fields.List(
        ma.fields.Dict(),
        dump_only=True,
        metadata={
            "example": [{"id": 12, "name": "Lena", "field": "strength", "value": 14, "fixed_value": 10}],
            "description": "The first failing rows.",
        },
    )


class IntegrityRunSummarySchema(ma.Schema):
    """A run without its rules."""

    run_id = read_only(ma.fields.String, RUN, "Its id; that of its job, too.")
    mode = read_only(ma.fields.String, "check", "check, dry_run, fix or undo.")
    tenant = read_only(ma.fields.String, RUN, "The tenant.")
    state = read_only(ma.fields.String, "completed", "pending, running, completed, failed or cancelled.")
    exit_code = read_only(ma.fields.Integer, 0, "0 clean, 1 failed to run, 3 findings; null before its end.")
    created_at = read_only(ma.fields.String, TIME, "When it was asked for.")
    started_at = read_only(ma.fields.String, TIME, "When it began.")
    finished_at = read_only(ma.fields.String, TIME, "When it ended.")
    duration_seconds = read_only(ma.fields.Float, 0.8, "From begin to end.")
    requested_by = read_only(ma.fields.String, "ada", "Who asked for it; null for the system.")
    options = read_only(ma.fields.Dict, {"rule_sets": ["core"]}, "What was asked for.")
    rule_sets = ma.fields.List(
        ma.fields.Nested(RunRuleSetSchema), dump_only=True, metadata={"description": "The sets, with their versions."}
    )
    totals = read_only(
        ma.fields.Dict,
        {"rules": 43, "found": 3, "fixed": 3, "remaining": 0, "warnings": 0, "errors": 0},
        "found, fixed and remaining count errors only.",
    )


class IntegrityRunSchema(IntegrityRunSummarySchema):
    """The whole of a run."""

    rules = ma.fields.List(
        ma.fields.Nested(IntegrityResultSchema), dump_only=True, metadata={"description": "In the order of the checks."}
    )
    info = read_only(
        ma.fields.Dict,
        {"scenes_with_xp": 40, "scenes_awaiting_xp": 2},
        "Numbers that are no issue; of an undo: rows that were restored, and those that were not, by reason.",
    )


class IntegrityUndoAsk(Body):
    rules = _names([RULE], "Only what was repaired for these rules; none means all.", load_default=list)
    dry_run = Flag(load_default=False, metadata={"example": False, "description": "Whether nothing is written."})
    inline = Flag(
        load_default=False,
        metadata={"example": False, "description": "Done within the request, without a worker."},
    )


class IntegrityRunArgs(ListArgs):
    mode = Several(ma.fields.String(metadata={"example": "check"}))
    state = Several(ma.fields.String(metadata={"example": "completed"}))


class IntegrityFindingSchema(ma.Schema):
    id = read_only(ma.fields.Integer, 31, "Number of the finding.")
    rule_set = read_only(ma.fields.String, "core", "The set of the rule.")
    rule = read_only(ma.fields.String, RULE, "The rule that is broken.")
    table = read_only(ma.fields.String, "characters", "The table.", attribute="table_name")
    row = read_only(ma.fields.Integer, 12, "Id of the failing row; null for the tenant as a whole.", attribute="row_id")
    name = read_only(ma.fields.String, "Lena", "What the row is called.")
    field = read_only(ma.fields.String, "strength", "The field that fails.")
    value = read_only(ma.fields.Raw, 14, "Its value; of equal rows: what they share.")
    fixed_value = read_only(ma.fields.Raw, 10, "What the repair makes of it, where one was looked at.")


class FindingArgs(ListArgs):
    rule = Several(ma.fields.String(metadata={"example": RULE}))


class BeforeImageSchema(ma.Schema):
    id = read_only(ma.fields.Integer, 31, "Number of the image.")
    rule = read_only(ma.fields.String, RULE, "The rule whose repair changed the row.")
    table = read_only(ma.fields.String, "characters", "The table.", attribute="table_name")
    row = read_only(ma.fields.Integer, 12, "Id of the row.", attribute="row_id")
    old = read_only(ma.fields.Dict, {"strength": 14}, "What was there; the whole row where it was deleted.")
    new = read_only(ma.fields.Dict, {"strength": 10}, "What is there since; null where the row was deleted.")
    created_at = read_only(ma.fields.AwareDateTime, TIME, "When it was changed.")
    undone_at = read_only(ma.fields.AwareDateTime, TIME, "When it was given back.")


class QuarantineSchema(ma.Schema):
    id = read_only(ma.fields.Integer, 4, "Number of the entry.")
    table = read_only(ma.fields.String, "characters", "The table.", attribute="table_name")
    row = read_only(ma.fields.Integer, 12, "Id of the row.", attribute="row_id")
    rule_set = read_only(ma.fields.String, "core", "The set of the rule.")
    rule = read_only(ma.fields.String, RULE, "The rule that it breaks.")
    run = read_only(ma.fields.String, RUN, "The run that set it apart.", attribute="run_id")
    state = read_only(ma.fields.String, "open", "open, fixed or released.")
    since = read_only(ma.fields.AwareDateTime, TIME, "Since when it is set apart.", attribute="created_at")
    closed_at = read_only(ma.fields.AwareDateTime, TIME, "When the entry was closed.")
    closed_by = read_only(ma.fields.String, "ada", "Who released it.")
    reason = read_only(ma.fields.String, "Talked to the player.", "Why it was released.")


class QuarantineArgs(ListArgs):
    state = Several(ma.fields.String(metadata={"example": "open"}))
    table = Several(ma.fields.String(metadata={"example": "characters"}))
    row = Several(ma.fields.Integer(metadata={"example": 12}))
    rule = Several(ma.fields.String(metadata={"example": RULE}))


class QuarantineReleaseAsk(Body):
    reason = Text(
        500,
        example="Talked to the player.",
        required=True,
        blank=False,
        metadata={"description": "Why it is released."},
    )


class GuardedRuleSchema(ma.Schema):
    """A constraint, and what is wanted of it."""

    constraint = read_only(ma.fields.String, "characters_strength_range", "Its name in the database.")
    rule_set = read_only(ma.fields.String, "core", "The set of its rule.")
    rule = read_only(ma.fields.String, RULE, "Its rule.")
    table = read_only(ma.fields.String, "characters", "Its table.")
    kind = read_only(ma.fields.String, "check", "check, unique or index.")
    state = read_only(ma.fields.String, "valid", "absent, not_valid or valid.")
    wanted = read_only(ma.fields.String, "enforce", "measure, add or enforce.")
    reason = read_only(ma.fields.String, "An import is on its way.", "Why it is not to be enforced at present.")
    scan_only = read_only(ma.fields.Boolean, False, "Whether the API does not check its rule either.")
    protected = read_only(ma.fields.Boolean, False, "Whether it cannot be taken out.")
    definition_matches = read_only(ma.fields.Boolean, True, "Whether the database has it as the rule says.")
    last_found = read_only(ma.fields.Integer, 0, "Failing units that the last run left.")


class ConstraintListSchema(ma.Schema):
    results = ma.fields.List(
        ma.fields.Nested(GuardedRuleSchema), dump_only=True, metadata={"description": "All of them."}
    )
