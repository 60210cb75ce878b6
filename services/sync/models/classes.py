"""How personal each column is (see shared.auditing): every column that no mixin has classified stands here once."""

from collections.abc import Mapping

import services.sync.models.records
import services.sync.models.runs
import services.sync.models.tenants  # noqa: F401 - their columns are classified here too
from services.sync.models.rows import Base
from shared.auditing import classify_models

Columns = Mapping[type[Base], str]

PERSONAL: Columns = {}
INTERNAL: Columns = {}

classify_models(Base, personal=PERSONAL, internal=INTERNAL)
