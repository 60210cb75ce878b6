"""Fixtures by theme live in tests/fixtures; this file only names them."""

pytest_plugins = [
    "tests.fixtures.pace",
    "tests.fixtures.servers",
    "tests.fixtures.databases",
    "tests.fixtures.people",
    "tests.fixtures.services",
    "tests.fixtures.propagation",
    "tests.fixtures.workflow",
    "tests.fixtures.sync",
    "tests.fixtures.validation",
]
