"""Installs the convention through the HTTP API; what is there already stays as it is.

python -m examples.naming.load --address http://127.0.0.1:8080 --token "$(concord token)"
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from examples.naming.convention import Convention

PREFIX = "/api/propagation/v1"


class Refused(Exception):
    """The service did not accept a part of the convention."""


@dataclass
class Installer:
    """`client` has the gateway's address as its base and a token of somebody who may edit the structure.

    `created` counts rows by resource; it stays empty when everything was there.
    """

    client: httpx2.Client
    convention: Convention
    created: dict[str, int] = field(default_factory=dict)

    def install(self) -> Mapping[str, int]:
        platform = self._ensure("platforms", [self.convention.platform], "slug")[self.convention.platform["slug"]]
        fields = self._fields(platform)
        dimensions = self._dimensions()
        self._values(dimensions)
        self._rules(platform, fields, dimensions)
        return self.created

    def _fields(self, platform: int) -> dict[str, int]:
        found: dict[str, int] = {}
        below = None
        known = self._known("fields", "platform", "name")
        for level, name in reversed(list(enumerate(self.convention.levels, start=1))):
            body = {"platform": platform, "name": name, "field_level": level, "next_field": below}
            below = found[name] = known.get((platform, name)) or self._create("fields", body)
        return found

    def _dimensions(self) -> dict[str, int]:
        known = self._known("dimensions", "name")
        for name, options in self.convention.dimensions.items():
            if name not in known:
                parent = known[options["parent"]] if "parent" in options else None
                known[name] = self._create("dimensions", {**options, "name": name, "parent": parent})
        return known

    def _values(self, dimensions: Mapping[str, int]) -> None:
        known = self._known("dimension-values", "dimension", "value")
        for value in self.convention.values:
            dimension = dimensions[value.dimension]
            if (dimension, value.value) in known:
                continue
            above = self.convention.dimensions[value.dimension].get("parent")
            parent = known[dimensions[above], value.parent] if above and value.parent else None
            body = {"dimension": dimension, "value": value.value, "label": value.label, "utm": value.utm}
            body |= {"parent": parent, "external_ref": value.ref}
            known[dimension, value.value] = self._create("dimension-values", body)

    def _rules(self, platform: int, fields: Mapping[str, int], dimensions: Mapping[str, int]) -> None:
        texts = {name: {k: v for k, v in rule.items() if k != "levels"} for name, rule in self.convention.rules.items()}
        bodies = [{"platform": platform, "name": name, **text} for name, text in texts.items()]
        stored = self._ensure("rules", bodies, "platform", "name")
        rules = {name: stored[platform, name] for name in self.convention.rules}
        known = self._known("rule-details", "rule", "field", "dimension")
        for name in self.convention.rules:
            for level in self.convention.levels:
                for order, part in enumerate(self.convention.parts(name, level), start=1):
                    place = {
                        "rule": rules[name],
                        "field": fields[level],
                        "dimension": dimensions[part["dimension"]],
                    }
                    if tuple(place.values()) not in known:
                        self._create("rule-details", {**part, **place, "dimension_order": order})

    def _ensure(self, path: str, bodies: list[Any], *keys: str) -> dict[Any, int]:
        known = self._known(path, *keys)
        return known | {_key(body, keys): self._create(path, body) for body in bodies if _key(body, keys) not in known}

    def _known(self, path: str, *keys: str) -> dict[Any, int]:
        """Ids of the rows of a list, by one key or by several."""
        return {_key(row, keys): row["id"] for row in self._rows(path)}

    def _rows(self, path: str) -> Iterator[dict[str, Any]]:
        address: str | None = f"{PREFIX}/{path}"
        parameters: Mapping[str, Any] | None = {"limit": 200}
        while address:
            page = _answer(self.client.get(address, params=parameters))
            yield from page["results"]
            address, parameters = page["next"], None

    def _create(self, path: str, body: Mapping[str, Any]) -> int:
        row_id: int = _answer(self.client.post(f"{PREFIX}/{path}", json=dict(body)))["id"]
        self.created[path] = self.created.get(path, 0) + 1
        return row_id


def _key(row: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys)


def _answer(response: httpx2.Response) -> dict[str, Any]:
    if response.is_error:
        raise Refused(f"{response.request.method} {response.request.url}: {response.status_code} {response.text}")
    answer: dict[str, Any] = response.json()
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8080")
    parser.add_argument("--token", required=True)
    given = parser.parse_args()
    headers = {"Authorization": f"Bearer {given.token}"}
    with httpx2.Client(base_url=given.address, headers=headers) as client:
        created = Installer(client, Convention.read()).install()
    print(", ".join(f"{count} {path}" for path, count in created.items()) or "everything was there")


if __name__ == "__main__":
    main()
