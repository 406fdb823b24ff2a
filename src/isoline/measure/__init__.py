"""A server -> request records: target, workloads, arrivals, transport, loop, self-check, summary.

Bytes are stamped when they arrive and decoded later, between reads; see docs/measuring.md.
"""
