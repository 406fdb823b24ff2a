"""What is asked: flags and a YAML file -> a checked spec -> the plan of a sweep."""
