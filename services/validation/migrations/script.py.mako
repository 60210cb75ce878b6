"""${message}

Expand first, contract a release later. A new constraint is added NOT VALID and validated in a second migration, a new
index is built CONCURRENTLY in an autocommit block. Secure every new table: `secure("<table>", roles=ROLES)`.
"""

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
from shared.migrations import Roles, secure

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
ROLES = Roles.of("validation")


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
