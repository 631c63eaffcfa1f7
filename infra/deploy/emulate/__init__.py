"""The deployment on an emulated AWS: what `infra/deploy/emulated` runs, step by step in `__main__`."""
