"""Conclusions to tables, JSON, charts and pages."""
