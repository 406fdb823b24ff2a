"""Hypothesis without deadlines: these machines are shared, and no test asserts on time."""

from hypothesis import settings

settings.register_profile("isoline", deadline=None)
settings.load_profile("isoline")
