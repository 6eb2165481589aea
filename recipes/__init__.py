"""Data and layers in, a trained model and an honest number out."""
