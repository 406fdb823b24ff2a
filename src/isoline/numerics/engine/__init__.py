"""A physical model of an inference engine: what one step costs, and which requests share it.

Pure and deterministic. `docs/simulated.md` says what is modelled, what is not, and how far it is from
measured points.
"""
