"""Results: records, tables, plots, pages, claims and statistics."""
