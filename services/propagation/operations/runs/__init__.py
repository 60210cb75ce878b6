"""A run: from what a call wants over the planner's waves to what is stored, shown, undone."""
