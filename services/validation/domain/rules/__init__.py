"""Rules as data: each is stated once, and everything that judges, guards, mends or explains is made from it."""
