"""A company with stores, one of which fetches the promotions that it must hold, and then what has changed."""

from typing import Any

from concord.demo.calling import DemoFailed
from concord.demo.telling import SYNC, Stage, Told
from concord.tokens import DEMO_TENANT_ID

STORE, CHANGED = "station", "ten"
TAKEN = 409


def take(stage: Stage) -> Told:
    """Raises DemoFailed."""
    # The server in the store comes last; before there is a company, there are no servers to list.
    servers = stage.admin.call("GET", f"{SYNC}/edge-servers", accepts=(404,)).json()
    if not servers.get("results"):
        _load(stage)
        _fetch(stage)
    return _told(stage)


def _load(stage: Stage) -> None:
    from examples.stores.load import calls

    stage.note("demo: loading a company with stores, a menu and promotions")
    for path, body in calls():
        # What an earlier start has made is there.
        stage.admin.call("POST", f"{SYNC}/{path}", json=body, accepts=(TAKEN,))


def _fetch(stage: Stage) -> None:
    """Everything first, then one promotion that has changed; each time with proof of it all."""
    from examples.edge.calling import HeadOffice
    from examples.edge.client import Edge, Refused
    from examples.edge.proofs import NotBelieved
    from examples.edge.storage import Storage
    from examples.stores.load import id_of

    store_id, storage = id_of(STORE), Storage(":memory:")
    server = stage.admin.call("POST", f"{SYNC}/edge-servers", json={"store_id": store_id}).json()
    story = stage.admin.client.headers["X-Correlation-ID"]
    office = HeadOffice(stage.ground.address, store_id=store_id, secret=server["secret"], correlation_id=story)
    edge = Edge(storage, office, company_id=str(DEMO_TENANT_ID), store_id=store_id)
    try:
        edge.sync()
        change = {"discount_percent": "12.50", "name": "Twelve and a half"}
        stage.admin.call("PATCH", f"{SYNC}/promotions/{id_of(CHANGED)}", json=change)
        edge.sync()
    except (Refused, NotBelieved, OSError) as failure:
        raise DemoFailed(f"the store could not fetch: {failure}") from failure
    finally:
        storage.close()


def _told(stage: Stage) -> Told:
    """What the store asked and got, from the log of its calls."""
    from examples.stores.load import id_of

    asked = stage.admin.get(f"{SYNC}/sync-log", store_id=id_of(STORE), endpoint="promotions", limit=200)["results"]
    calls = ", then ".join(_call(call) for call in reversed(asked[-5:])) or "nothing yet"
    return Told(f"{STORE} fetched {calls}", "/sync/stores")


def _call(call: dict[str, Any]) -> str:
    if call["status"] == 304:
        return "nothing new"
    gone = f", {call['deleted']} to forget" if call["deleted"] else ""
    sent = "1 promotion" if call["sent"] == 1 else f"{call['sent']} promotions"
    return f"{call['mode']}: {sent}{gone}"
