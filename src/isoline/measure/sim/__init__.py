"""A simulated engine that speaks real HTTP: OpenAI's endpoints in front of `numerics.engine`.

Everything it answers says that it is simulated (`labels.py`); docs/simulated.md describes it.
"""
