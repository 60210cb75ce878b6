"""How each kind of source is read; all of them yield pages (`domain.pages`)."""
