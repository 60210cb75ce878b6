"""The console: pages of a service for people, over the same calls as its API. How to write one: docs/how-to/add-a-page.md."""
