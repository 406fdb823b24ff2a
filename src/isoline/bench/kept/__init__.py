"""What a sweep leaves in the store: run folders, logs, and what of it is hidden."""
