"""The stores of the sinks' tests, for the recount in SQL."""

from __future__ import annotations

from tests.sinks.conftest import embedded_store as embedded_store  # noqa: PLC0414
from tests.sinks.conftest import engine_folder as engine_folder  # noqa: PLC0414
from tests.sinks.conftest import gateway as gateway  # noqa: PLC0414
from tests.sinks.conftest import open_store as open_store  # noqa: PLC0414
from tests.sinks.conftest import store as store  # noqa: PLC0414
