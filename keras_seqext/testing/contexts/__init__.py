"""The objects that checks receive, one module per kind of object under test."""
