"""The load generator measured on this very machine, against a server whose latencies are known."""
