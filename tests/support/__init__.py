"""Helpers that every room's tests may use."""

from __future__ import annotations

from tests.support.waiting import free_port, wait_for, wait_for_async

__all__ = ["free_port", "wait_for", "wait_for_async"]
