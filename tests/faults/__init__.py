"""Breaks the running product at random moments and counts everything again afterwards.

``python -m tests.faults --rounds 20 --seed 7``; see docs/reliability.md.
"""
