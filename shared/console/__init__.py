"""The console: pages of a service for people, over the same calls as its API. See docs/how-to/add-a-page.md."""
