"""Sweeps: what was asked, the engine or URL measured, points kept in the store, the outcome shown."""
