"""`python -m examples.edge URL COMPANY STORE SECRET FILE`: one sync, and what the store holds after it."""

import sys

from examples.edge.calling import HeadOffice
from examples.edge.client import Edge
from examples.edge.storage import Storage


def main(address: str, company_id: str, store_id: str, secret: str, path: str) -> None:
    storage = Storage(path)
    edge = Edge(
        storage, HeadOffice(address, store_id=store_id, secret=secret), company_id=company_id, store_id=store_id
    )
    print("something was new" if edge.sync() else "nothing new")
    for promotion in storage.promotions():
        print(f"{promotion['execution_priority']:>4} {promotion['code']:<20} {promotion['name']}")
    storage.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
