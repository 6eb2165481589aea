"""Validation of the input of `predict`, before Keras is imported."""

from pathlib import Path

from recipes.catalogue import Recipe
from recipes.usage_error import UsageError


def checked_input(
    recipe: Recipe, text: str | None, csv: Path | None, file: Path | None
) -> str | None:
    """Return the text to classify, or None for a forecast. See `predict` for the arguments."""
    if recipe.kind == "demo":
        raise UsageError(
            f"{recipe.name} does not train a model. Pass the NAME of a recipe that does"
        )
    if file is not None and recipe.kind == "text":
        text = _read_text(file, text)
    elif text is not None and _is_file(text):
        option = "--file" if recipe.kind == "text" else "--csv"
        raise UsageError(
            f"text must be a text, not the name of a file. Received: text={text!r}. Pass "
            f"{option} {text} to use the content of the file"
        )
    expected, other = (
        ("a text or --file FILE", "--csv") if recipe.kind == "text" else ("--csv FILE", "a text")
    )
    value = text if recipe.kind == "text" else csv
    if value is None or (text is not None and csv is not None):
        raise UsageError(
            f"predict {recipe.name} requires {expected}, not {other}. Received: text={text!r}, "
            f"--csv {csv}"
        )
    return text


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # a long text is no valid name
        return False


def _read_text(file: Path, text: str | None) -> str:
    if text is not None:
        raise UsageError(
            f"--file replaces the text. Received: text={text!r:.80}, --file {file}. Pass one"
        )
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--file must be a text file in UTF-8. Received: {file}, which cannot be read: "
            f"{error}. Convert it, or pass the text itself"
        ) from None
