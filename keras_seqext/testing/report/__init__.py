"""Reports in text, Markdown and HTML, and files of expected failures."""
