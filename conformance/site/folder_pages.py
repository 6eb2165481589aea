"""MkDocs hook: pages that list the files of a folder.

A site cannot show a folder, so links to a folder lead to its page.
"""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

FOLDERS = {"results": "Stored results"}


def on_files(files: Files, config: Any) -> Files:
    """Add the page `FOLDER/files.md` for each folder."""
    for folder, title in FOLDERS.items():
        names = sorted(path.name for path in Path(config.docs_dir, folder).glob("*.json"))
        content = "\n".join([f"# {title}", "", *(f"- [{name}]({name})" for name in names), ""])
        files.append(File.generated(config, f"{folder}/files.md", content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace links to a folder by links to its page."""
    return re.sub(rf"\]\(({'|'.join(FOLDERS)})/?\)", r"](\1/files.md)", markdown)
