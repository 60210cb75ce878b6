"""`make bench`: all suites. There is one so far."""

from benchmarks.propagation.__main__ import main

if __name__ == "__main__":
    main()
