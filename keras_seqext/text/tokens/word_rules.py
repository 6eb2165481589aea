"""Rules that turn folded text into words with a space between them.

Each rule is a pattern and its replacement in the syntax that Python's `re` and
RE2 share, so that a TensorFlow graph can apply the very same ones. After
folding, only letters, marks, numbers, joiners, spaces and `'` are left.
"""

from functools import cache

from .character_fold import JOINERS, combining_class

Rule = tuple[str, str]

BREAK: Rule = (r"(?i)<br[ \t]*/?>", " ")

# A word may hold an apostrophe but neither start nor end with one: 'quoted', dogs'.
_EDGES: tuple[Rule, ...] = ((r"''+", " "), (r"(^| )'", r"\1"), (r"'($| )", r"\1"))

# Both cases are spelled out: RE2 reads the class [sS] as "s in any case" and takes a long ſ too.
_CLITIC: Rule = (
    r"(n't|'s|'m|'re|'ve|'ll|'d|N'T|'S|'M|'RE|'VE|'LL|'D)($| )",
    r" \1\2",
)

APOSTROPHE_RULES: dict[str, tuple[Rule, ...]] = {
    "keep": _EDGES,
    # Twice, for shouldn't've.
    "split": (*_EDGES, _CLITIC, _CLITIC),
    "drop": (*_EDGES, ("'", "")),
}

JOIN_CLITICS: tuple[Rule, ...] = ((r" (n't|N'T)( |$)", r"\1\2"), (r" '", "'"))


@cache
def mark_rules() -> tuple[Rule, ...]:
    """Rules against marks without a letter to sit on, and joiners that join nothing."""
    marks = combining_class()
    return ((rf"(^|[ ']){marks}+", r"\1"), (rf"[{JOINERS}]+($|[ '])", r"\1"))
