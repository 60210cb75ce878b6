"""The reference page comes from this service alone and runs under a strict content policy."""

import re

import flask

from shared import reference_page


def test_the_page_asks_for_its_own_files_only() -> None:
    app = flask.Flask("sample")
    reference_page.register(app, service="sample", title="Sample")
    client = app.test_client()
    page = client.get("/api/sample/docs")
    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert not [address for address in addresses if address.startswith(("http", "//"))]
    for address in addresses:
        if address.startswith("docs/"):
            with client.get(f"/api/sample/{address}") as answer:
                assert answer.status_code == 200
    assert client.get("/api/sample/docs/../../etc/passwd").status_code == 404
    assert "<script>" not in page.text
