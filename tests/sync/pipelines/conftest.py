"""Pipelines over sources that tests write."""

from tests.sync.working import sync

__all__ = ["sync"]
