"""`make bench`: all suites, one after the other; `make bench ARGS="reads workflow"`: these. `--write` also into the
reference. Sizes and peers are options of each suite: `python -m benchmarks.workflow --help`."""

import argparse
import subprocess
import sys

SUITES = (
    "reads",
    "streams",
    "workflow",
    "search",
    "validation",
    "validation.integrity",
    "promotions",
    "pipelines",
    "propagation",
)


def main() -> int:
    """The number of suites that failed, which keeps none after it from being run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    parser.add_argument("--write", action="store_true", help="also write the reference")
    given = parser.parse_args()
    if unknown := sorted({*given.suites} - {*SUITES}):
        parser.error(f"no such suite: {', '.join(unknown)}")
    ended = {
        suite: subprocess.run([sys.executable, "-m", f"benchmarks.{suite}", *(["--write"] * given.write)]).returncode
        for suite in given.suites or SUITES
    }
    failed = [suite for suite, code in ended.items() if code]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
