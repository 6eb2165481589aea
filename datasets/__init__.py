"""Raw data with its dirt reported: loaders, and where each file comes from."""
