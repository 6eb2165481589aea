"""Coverage-guided fuzzing of the file readers."""
