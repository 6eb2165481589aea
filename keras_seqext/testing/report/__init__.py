"""Reports: text, Markdown, HTML, tables and the file of expected failures."""
