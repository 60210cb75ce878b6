"""Attendance records: what is special to them."""
