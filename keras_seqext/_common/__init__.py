"""Private helpers of the whole package: validation, messages, files and progress."""
