"""The resource `audit-log`: reads and checks what `shared.auditing` wrote and `shared.sealing` sealed."""
