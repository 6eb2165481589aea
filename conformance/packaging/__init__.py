"""What is shipped: the wheel, the source archive, their metadata and their types."""
