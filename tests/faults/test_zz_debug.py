from tests.faults.test_outage import *
from tests.faults.test_outage import test_two_runs_over_one_tree_both_take_effect as two
for n in list(globals()):
    if n.startswith("test_"): del globals()[n]
import time
def test_dbg(load_tree, ledger, valkey, crew, postgres):
    t=time.time(); 
    try:
        two(load_tree, ledger, valkey);
    finally:
        print("TWO", time.time()-t)
        for r in ledger.ask("select queue, total,processed,attempt,dispatched_at::time,started_at::time,completed_at::time, left(attempt_errors::text,250) from propagation_jobs where tenant_id=%(tenant)s order by started_at"): print(list(map(str,r.values())))
        print(crew.log.read_text()[-3000:])
