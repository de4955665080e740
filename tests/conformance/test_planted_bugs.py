"""The tests of the store's promises are worth something: each planted bug is caught."""

from __future__ import annotations

import pytest

from simcore.etcd.interface import StoreError
from simcore.etcd.memory_store import MemoryStore
from tests.conformance.test_state_machine import check
from tests.kit.planted_bugs import MEMORY_BUGS, REDIS_BUGS
from tests.kit.store_systems import MemorySystem, RedisSystem

CAUGHT = (AssertionError, IndexError, StoreError)
"""A difference from the model, or a failure that no sound store shows."""
EXAMPLES = 4_000
"""At most: the first that shows the bug is the last. Which are tried depends on the modules that are loaded."""


@pytest.mark.parametrize("bug", MEMORY_BUGS, ids=lambda bug: bug.__name__)
def test_a_bug_in_the_memory_store_is_caught(bug: type[MemoryStore]):
    with pytest.raises(CAUGHT):
        check(lambda: MemorySystem(bug), examples=EXAMPLES, shrink=False)


@pytest.mark.parametrize("bug", REDIS_BUGS)
def test_a_bug_in_the_shared_store_is_caught(redis_url: str, bug: str):
    make_log, view = REDIS_BUGS[bug]
    with pytest.raises(CAUGHT):
        check(lambda: RedisSystem(redis_url, make_log=make_log(), view=view), examples=EXAMPLES, shrink=False)
