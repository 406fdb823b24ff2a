"""What the words mean: frozen values, the catalog, slugs. No I/O beyond the packaged catalog."""
