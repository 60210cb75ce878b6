"""The outbox: what leaves a service is a row of the business transaction, delivered afterwards at least once.

An operation posts letters (`writing`); under the relay's role a courier hands them to the sender of their kind
(`delivering`), in order where they share an ordering key, with growing pauses for three days; then they have failed,
with the reason, until somebody sends them again (`routes`).
"""
