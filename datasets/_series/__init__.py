"""Time series: CSV parsing, cleaning and the returned data type."""
