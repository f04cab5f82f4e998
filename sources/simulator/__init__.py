"""A seeded simulator of a city's dossiers, with a history and a present that goes on."""

from sources.simulator.city import City
from sources.simulator.plan import Plan
from sources.simulator.run import run_simulation
from sources.simulator.settings import Settings, SettingsError, load_settings

__all__ = ["City", "Plan", "Settings", "SettingsError", "load_settings", "run_simulation"]
