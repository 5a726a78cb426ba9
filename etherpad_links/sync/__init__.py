"""The worker that keeps pads and sign-up lines in step: one process, one connection a pad.

`blocks.py` finds headings and the names under them, `plan.py` compares those with what was signed up; both are pure.
`pad_task.py` looks after one pad, `worker.py` after all, `locks.py` sees that nobody else writes at the same time.
"""
