"""The worker that keeps pads and sign-up lines in step: one process, one connection per pad.

`blocks.py` finds headings and the names below them, `plan.py` compares those with the sign-ups; both are pure.
`pad_task.py` looks after one pad, `worker.py` after all, `locks.py` prevents concurrent writers.
"""
