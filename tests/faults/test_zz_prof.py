import cProfile,pstats,time,uuid
from tests.faults.conftest import *
from tests.faults import tree
from tests.faults.runs import change_brand
from shared.db import Database
def test_load(database, ada, context, postgres, ledger, app, issuer, valkey):
    naming=Naming.build(ada)
    admin=Database(ledger.admin_url)
    p=cProfile.Profile(); t=time.time()
    p.enable(); tree.load(admin, context, 10000); p.disable()
    print("LOAD", time.time()-t)
    pstats.Stats(p).sort_stats("tottime").print_stats(12)
    t=time.time()
    other=uuid.uuid4()
    ada2 = Person(app.test_client(), "/api/propagation/v1", issuer.token(other))
    n2=tree.copy(admin, naming, other, of=context.tenant_id, person=ada2)
    print("COPY", time.time()-t)
    l2=Ledger(ledger.admin_url, database.db, other, tend=ledger.tend)
    t=time.time()
    j=change_brand(n2, "PUMA")
    print("PATCH", time.time()-t)
    l2.ended(j)
    print("RUN", time.time()-t, l2.counters(j))
    print(l2.job(j))
    t=time.time()
    from tests.faults.runs import check_completed
    check_completed(l2, j, valkey)
    print("CHECK", time.time()-t)
