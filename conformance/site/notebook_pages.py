"""A page for each notebook of docs/notebooks, with the outputs that are stored in it."""

from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from nbconvert.exporters import MarkdownExporter


def on_files(files: Files, config: Any) -> Files:
    """Adds the notebooks as Markdown, with their pictures beside them."""
    for notebook in sorted(Path(config.docs_dir, "notebooks").glob("*.ipynb")):
        markdown, resources = MarkdownExporter().from_filename(
            str(notebook), {"output_files_dir": f"{notebook.stem}_files"}
        )
        files.append(File.generated(config, f"notebooks/{notebook.stem}.md", content=markdown))
        for name, picture in resources["outputs"].items():
            files.append(File.generated(config, f"notebooks/{name}", content=picture))
    return files
