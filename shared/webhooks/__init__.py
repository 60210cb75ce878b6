"""Webhooks: what happens in a service, told to addresses that its users give.

An operation publishes events (`publishing`), which become letters of the outbox for each webhook that asked for them;
a sender signs and delivers those (`sending`), and notes each attempt. `routes` is the resource `webhooks`.
"""
