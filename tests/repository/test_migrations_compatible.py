"""The code of the release before lives with each migration, or the migration says that it takes something away."""

from pathlib import Path

import pytest
from alembic import op
from alembic.script import ScriptDirectory

from concord.catalogue import installed_names
from shared import migrations
from tests.repository.compatible import statements, taken

# Written before there was anything to be compatible with; a first release finds all of them done.
OLDER = {
    ("propagation", "0004"): "rules of a table that nobody filled yet",
}
PHASES = ("expand", "contract")


@pytest.mark.parametrize("service", installed_names())
def test_the_code_before_lives_with_each_migration(service: str) -> None:
    script = ScriptDirectory.from_config(migrations.config_for(service))
    found = {}
    for revision in script.walk_revisions():
        phase = getattr(revision.module, "PHASE", "expand")
        assert phase in PHASES, revision.path
        if phase == "expand" and (lines := taken(statements(revision.module.upgrade))):
            found[service, Path(revision.path).name[:4]] = lines
    undeclared = {key: lines for key, lines in found.items() if key not in OLDER}
    assert undeclared == {}, 'do it in two steps, or say PHASE = "contract" if no code in use needs it any more'
    assert {key for key in OLDER if key[0] == service} == found.keys()


CASES = {
    "alter table strings drop column level": ["drops a column"],
    "alter table strings rename column level to depth": ["renames"],
    "alter table strings rename to names": ["renames"],
    "alter table strings alter column level type bigint": ["changes a type"],
    "alter table strings alter column level set not null": ["demands a value"],
    "alter table strings add column depth int not null": ["demands a value that the code before does not give"],
    "alter table strings add constraint ck_level check (level > 0)": ["tightens"],
    "alter table strings add constraint ck_level check (level > 0) not valid": ["tightens"],
    "drop table strings": ["drops a table"],
    "drop function level_of(bigint)": ["drops a function"],
    "create unique index uq_level on strings (level)": ["tightens"],
    "create index ix_level on strings (level)": [],
    "alter table strings add column depth int not null default 0": [],
    "alter table strings add column depth int": [],
    "alter table strings drop constraint ck_level": [],
    "alter table strings alter column level drop not null": [],
    "alter table t drop constraint ck_n; alter table t add constraint ck_n check (n < 9)": [],
    "alter table strings validate constraint ck_level": [],
    "create table depths (id int); create index ix_depths on depths (id)": [],
    "alter table strings add column depth int; alter table strings add constraint ck_d check (depth > 0)": [],
}


@pytest.mark.parametrize("sql", CASES)
def test_what_takes_something_away_is_noticed(sql: str) -> None:
    def upgrade() -> None:
        for statement in sql.split("; "):
            op.execute(statement)

    assert [line.split(": ")[0] for line in taken(statements(upgrade))] == CASES[sql]
