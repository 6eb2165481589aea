"""Claims, stored results, and the pages and plots generated from them."""
