"""Rules that convert folded text to words separated by spaces.

Each rule is a pattern and its replacement, in the syntax that Python's `re` and RE2
have in common, so that a TensorFlow graph applies the same rules. Folded text consists
of letters, marks, numbers, joiners, spaces and `'`.
"""

from functools import cache

from .character_fold import JOINERS, combining_class

Rule = tuple[str, str]

BREAK: Rule = (r"(?i)<br[ \t]*/?>", " ")

# A word may contain an apostrophe, but neither begin nor end with one: 'quoted', dogs'.
# A pattern that begins with a fixed text is found several times faster than one that begins
# with a choice, hence two rules for the apostrophe in front.
_EDGES: tuple[Rule, ...] = (("''+", " "), ("^'", ""), (" '", " "), (r"'($| )", r"\1"))

# Both cases are spelled out, because RE2 treats the class [sS] as a case-insensitive s, which
# also matches the long ſ.
_CLITIC: Rule = (
    r"(n't|'s|'m|'re|'ve|'ll|'d|N'T|'S|'M|'RE|'VE|'LL|'D)($| )",
    r" \1\2",
)

APOSTROPHE_RULES: dict[str, tuple[Rule, ...]] = {
    "keep": _EDGES,
    # Applied twice for words with two clitics, such as shouldn't've.
    "split": (*_EDGES, _CLITIC, _CLITIC),
    "drop": (*_EDGES, ("'", "")),
}

JOIN_CLITICS: tuple[Rule, ...] = ((r" (n't|N'T)( |$)", r"\1\2"), (r" '", "'"))


@cache
def mark_rules() -> tuple[Rule, ...]:
    """Return rules that remove marks without a base letter, and joiners at the edge of a word."""
    marks = combining_class()
    # The second alternative consumes a run of joiners inside a word. Otherwise the search is
    # repeated from each joiner of the run, which takes quadratic time.
    joiners = rf"[{JOINERS}]+($|[ '])|([{JOINERS}]+)"
    return ((rf"(^|[ ']){marks}+", r"\1"), (joiners, r"\1\2"))
