"""Files of word vectors: opening, searching, parsing and caching."""
