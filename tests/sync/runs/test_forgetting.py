"""What runs leave behind goes after a while; the runs stay."""

from tests.sync.working import Sync, item

LEFT = "select (select count(*) from run_differences), (select count(*) from run_rows), (select count(*) from runs)"
AGE = "update runs set started_at = started_at - interval '{0} days', completed_at = completed_at - interval '{0} days'"


def test_old_traces_are_forgotten(sync: Sync) -> None:
    sync.source("items", [item("A"), {"label": "no key"}])
    sync.put()
    sync.run(dry_run=True)
    sync.run()
    for days, left in ((0, (1, 2, 2)), (2, (0, 2, 2)), (30, (0, 0, 2))):
        sync.sql(AGE.format(days))
        sync.submit("sync.cleanup", {})
        sync.work()
        assert sync.sql(LEFT) == [left]
