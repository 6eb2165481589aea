"""MkDocs hook: a page for each notebook in docs/notebooks, with its stored outputs."""

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from nbconvert.exporters import MarkdownExporter


def on_files(files: Files, config: Any) -> Files:
    """Add the notebooks as Markdown pages, and their plots as image files."""
    for notebook in sorted(Path(config.docs_dir, "notebooks").glob("*.ipynb")):
        markdown, resources = MarkdownExporter().from_filename(
            str(notebook), {"output_files_dir": f"{notebook.stem}_files"}
        )
        files.append(File.generated(config, f"notebooks/{notebook.stem}.md", content=markdown))
        for name, image in resources["outputs"].items():
            files.append(File.generated(config, f"notebooks/{name}", content=image))
    return files
