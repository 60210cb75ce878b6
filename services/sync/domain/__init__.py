"""What a page of rows is, how its fields become columns, which rows are let through: pure rules over plain values.

Nothing here reads or writes: pages come in, columns and what is wrong with rows go out.
"""
