"""`make bench`: the suite of propagation. Those of others: `python -m benchmarks.workflow`, `….validation`."""

from benchmarks.propagation.__main__ import main

if __name__ == "__main__":
    main()
