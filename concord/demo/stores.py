"""The demo of promotions: a company with stores, one of which fetches what it must hold, and then what has changed."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from rich.table import Table

from concord.demo.calling import Caller, DemoFailed, Note
from concord.stack.plan import Plan
from concord.tokens import DEMO_TENANT_ID

SYNC = "/api/sync/v1"
STORE, CHANGED = "station", "ten"
TAKEN = 409


def is_possible(plan: Plan) -> bool:
    """The example lies beside the packages, so only a checkout has it."""
    return any(service.name == "sync" for service in plan.services) and find_spec("examples") is not None


def run(plan: Plan, caller: Caller, note: Note) -> Table:
    """On the first start loads the company and lets a store fetch; afterwards only tells of it. Raises DemoFailed."""
    stores = _Stores(plan, caller, note)
    if not stores.is_loaded():
        stores.load()
        stores.fetch()
    return stores.table()


@dataclass(frozen=True, slots=True)
class _Stores:
    plan: Plan
    caller: Caller
    note: Note

    def is_loaded(self) -> bool:
        """The server in the store comes last."""
        found = self.caller.client.get(f"{SYNC}/edge-servers")
        return found.status_code == 200 and found.json()["results"] != []

    def load(self) -> None:
        from examples.stores.load import calls

        self.note("demo: loading a company with stores, a menu and promotions")
        for path, body in calls():
            # What an earlier start has made is there.
            self.caller.call("POST", f"{SYNC}/{path}", json=body, accepts=(TAKEN,))

    def fetch(self) -> None:
        """Everything first, then one promotion that has changed; each time with proof of it all."""
        from examples.edge.calling import HeadOffice
        from examples.edge.client import Edge, Refused
        from examples.edge.proofs import NotBelieved
        from examples.edge.storage import Storage
        from examples.stores.load import id_of

        store_id, storage = id_of(STORE), Storage(":memory:")
        server = self.caller.call("POST", f"{SYNC}/edge-servers", json={"store_id": store_id}).json()
        office = HeadOffice(self.plan.address, store_id=store_id, secret=server["secret"])
        edge = Edge(storage, office, company_id=str(DEMO_TENANT_ID), store_id=store_id)
        try:
            edge.sync()
            change = {"discount_percent": "12.50", "name": "Twelve and a half"}
            self.caller.call("PATCH", f"{SYNC}/promotions/{id_of(CHANGED)}", json=change)
            edge.sync()
        except (Refused, NotBelieved, OSError) as failure:
            raise DemoFailed(f"the store could not fetch: {failure}") from failure
        finally:
            storage.close()

    def table(self) -> Table:
        """One line: what the store asked and got, from the log of its calls."""
        from examples.stores.load import id_of

        table = Table("store", "calls", title="stores", title_justify="left", box=None, pad_edge=False)
        asked = self.caller.get(f"{SYNC}/sync-log", store_id=id_of(STORE), endpoint="promotions", limit=200)["results"]
        table.add_row(STORE, ", then ".join(_told(call) for call in reversed(asked[-5:])) or "none yet")
        return table


def _told(call: dict[str, Any]) -> str:
    if call["status"] == 304:
        return "nothing new"
    gone = f", {call['deleted']} to forget" if call["deleted"] else ""
    return f"{call['mode']}: {call['sent']} promotions{gone} in {call['seconds']:.2f} s"
