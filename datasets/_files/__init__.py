"""Raw files: registry, search, download, archives and number arrays."""
