"""`make bench`: the suite of propagation. Others: `python -m benchmarks.workflow`, `….validation`, `….pipelines`."""

from benchmarks.propagation.__main__ import main

if __name__ == "__main__":
    main()
