"""What a whole company's compilation comes to, counted store by store."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Summary:
    """Promotions count once each, however many stores get them; brands of one name are one."""

    stores: int = 0
    stores_with_promotions: int = 0
    by_brand: dict[str, tuple[int, set[str]]] = field(default_factory=dict)

    def add(self, brand_name: str, promotion_ids: Iterable[str]) -> None:
        """Counts one store."""
        stores, known = self.by_brand.get(brand_name, (0, set[str]()))
        had = set(promotion_ids)
        known |= had
        self.by_brand[brand_name] = (stores + 1, known)
        self.stores += 1
        self.stores_with_promotions += bool(had)

    def as_dict(self) -> dict[str, Any]:
        every: set[str] = set().union(*(known for _stores, known in self.by_brand.values()))
        return {
            "total_stores": self.stores,
            "total_promotions": len(every),
            "stores_with_promotions": self.stores_with_promotions,
            "by_brand": {
                name: {"stores": stores, "promotions": len(known)} for name, (stores, known) in self.by_brand.items()
            },
        }
