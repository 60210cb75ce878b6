"""What a name is, how a choice flows down a tree of names, and what a change would do: pure rules, one planner.

Nothing here reads or writes: rows come in as a `Wave`, a `WavePlan` goes out, and failures are values (`Failure`).
"""
