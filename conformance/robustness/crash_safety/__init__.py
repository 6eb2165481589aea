"""Crash safety: processes are killed while they write a file, and the file is inspected."""
