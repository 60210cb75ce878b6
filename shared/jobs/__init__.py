"""Jobs: rows in the service's own PostgreSQL table are the truth, RQ and Redis a doorbell that may forget everything.

A request writes the row (`operations.submit`), the relay hands it to RQ (`relay`), a worker claims it with a lease
and a fencing token (`performing`), and effects, counters and completion commit together (`run`).
"""
