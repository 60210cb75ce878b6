"""`make bench`: the suite of propagation; that of workflow is `python -m benchmarks.workflow`."""

from benchmarks.propagation.__main__ import main

if __name__ == "__main__":
    main()
