"""One module or package per foreign format; each turns its input into an `ImportBatch`."""
