"""Every service's pages: known permissions, nobody without a session, nothing for other origins."""

import re
import uuid
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from concord.catalogue import installed_names
from services.propagation.config import ROLE_PERMISSIONS as OF_PROPAGATION
from services.sync.config import KNOWN_PERMISSIONS as OF_SYNC
from services.validation.config import KNOWN_PERMISSIONS as OF_VALIDATION
from services.workflow.config import KNOWN_PERMISSIONS as OF_WORKFLOW
from shared.app import ServiceApp
from tests.fixtures.people import Issuer

KNOWN = {
    "propagation": frozenset[str]().union(*OF_PROPAGATION.values()),
    "validation": OF_VALIDATION,
    "workflow": OF_WORKFLOW,
    "sync": OF_SYNC,
}
OPEN = ("/login", "/login/once", "/login/provider", "/login/callback", "/logout", "/logout/<proof>.svg")
ARGUMENTS = {"key": "9000000000000000", "uuid": str(uuid.UUID(int=7)), "id": str(uuid.UUID(int=7))}


class Shown(NamedTuple):
    method: str
    rule: str
    permission: str | None

    @property
    def address(self) -> str:
        return re.sub(r"<(?:(\w+):)?\w+>", lambda found: ARGUMENTS.get(found[1], "unknown"), self.rule)


def pages(app: ServiceApp) -> Iterator[Shown]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(f"/{app.name}/"):
            permission = getattr(app.view_functions[rule.endpoint], "required_permission", None)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Shown(method, rule.rule, permission)


@pytest.fixture(params=installed_names())
def app(request: pytest.FixtureRequest) -> ServiceApp:
    found: ServiceApp = request.getfixturevalue(f"{request.param}_app")
    return found


def test_every_page_has_a_known_permission_or_is_open_on_purpose(app: ServiceApp) -> None:
    found = list(pages(app))
    open_pages = {page.rule for page in found if page.permission is None} - {f"/{app.name}/"}
    assert open_pages == {f"/{app.name}{path}" for path in OPEN}
    assert {page.permission for page in found} - {None} <= KNOWN[app.name]


def test_without_a_session_there_is_only_the_way_to_one(app: ServiceApp) -> None:
    for page in pages(app):
        if page.permission is None:
            continue
        answer = app.test_client().open(page.address, method=page.method, data={} if page.method == "POST" else None)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, f"/{app.name}/login"), page


def test_who_may_nothing_sees_nothing(app: ServiceApp, issuer: Issuer) -> None:
    client = app.test_client()
    token = issuer.token(uuid.uuid4(), sub=f"nobody-{uuid.uuid4()}", roles=["unheard-of"])
    assert client.post(f"/{app.name}/login", data={"token": token}).status_code == 303
    for page in pages(app):
        if page.permission is not None:
            answer = client.open(page.address, method=page.method, data={} if page.method == "POST" else None)
            assert answer.status_code in (403, 404), (page, answer.text)
            assert answer.mimetype == "text/html", page


def test_no_form_takes_what_another_origin_sends(app: ServiceApp, issuer: Issuer) -> None:
    client = app.test_client()
    client.post(f"/{app.name}/login", data={"token": issuer.token(uuid.uuid4())})
    for page in pages(app):
        if page.method == "POST" and page.rule not in (f"/{app.name}/login", f"/{app.name}/logout"):
            answer = client.post(page.address, headers={"Sec-Fetch-Site": "same-site"}, data={})
            assert answer.status_code == 403, page
            assert "another origin" in answer.text, page
