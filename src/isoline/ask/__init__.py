"""From a question to a comparison: what can be asked of the data, which of it answers, or why none does."""
