"""What `infra/bench/run` measures, for the aims of speed, size and cost: step by step in `__main__`."""
