"""Immutable run folders and their index; importers turn foreign formats into typed rows."""
