"""Every type by its name."""

from decimal import Decimal
from typing import Any

from services.sync.domain.transform.types.choices import BOOLEAN, ENUM
from services.sync.domain.transform.types.countries import COUNTRY
from services.sync.domain.transform.types.emails import EMAIL
from services.sync.domain.transform.types.moments import DATE, DATETIME
from services.sync.domain.transform.types.numbers import DECIMAL, INTEGER, MONEY, QUANTITY
from services.sync.domain.transform.types.reading import FieldType
from services.sync.domain.transform.types.texts import IDS, JSON, TEXT, UUID, clean

ALL = (TEXT, DECIMAL, MONEY, INTEGER, QUANTITY, BOOLEAN, DATE, DATETIME, ENUM, UUID, IDS, JSON, EMAIL, COUNTRY)
TYPES = {kind.name: kind for kind in ALL}


def _as_it_came(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    return Decimal(repr(value)) if isinstance(value, float) else value


# For helper fields, and for targets whose columns are not known; no user names it.
ANY = FieldType("any", lambda _wish: _as_it_came, "reject")
