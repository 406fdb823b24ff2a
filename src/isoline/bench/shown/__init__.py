"""What a person sees of a sweep while it runs and once it has ended."""
