"""What a worker's process needs depends on the size of a chunk, not on that of the tree."""

import uuid
from dataclasses import replace

import pytest

from tests.faults.conftest import LoadTree
from tests.faults.crew import Crew
from tests.faults.ledger import Ledger
from tests.faults.runs import STRINGS, change_brand
from tests.faults.servers import is_long

pytestmark = pytest.mark.faults
SMALL, LARGE = (STRINGS, 5 * STRINGS) if is_long() else (STRINGS // 3, STRINGS)
SLACK = 20 * 2**20


def test_a_larger_tree_takes_no_more_memory(load_tree: LoadTree, ledger: Ledger, crew: Crew) -> None:
    small = peak_of_run(load_tree, ledger, crew, SMALL)
    large = peak_of_run(load_tree, replace(ledger, tenant_id=uuid.uuid4()), crew, LARGE)
    assert 0 < large <= max(small * 1.2, small + SLACK)


def peak_of_run(load_tree: LoadTree, ledger: Ledger, crew: Crew, strings: int) -> int:
    """Bytes that the largest of the run's processes had at its largest."""
    naming = load_tree(strings, tenant_id=ledger.tenant_id)
    peaks: list[int] = []

    def look() -> None:
        crew.mend()
        peaks.extend(crew.peaks_of_horses())

    replace(ledger, tend=look).ended(job_id := change_brand(naming, "PUMA"))
    assert ledger.counters(job_id) == ("completed", strings, strings, 0, 0)
    print(f"{strings} strings: {max(peaks) / 2**20:.1f} MB")  # noqa: T201 - a figure for whoever runs it with -s
    return max(peaks)
