"""The resource `audit-log`: reading, exporting and checking what `shared.auditing` wrote and `shared.sealing` sealed."""
