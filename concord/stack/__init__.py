"""The stack on one machine: which programs, how they are started, watched and stopped."""
