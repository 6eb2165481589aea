"""Speed and memory beside the best peers, and beside what the machine can do at all."""
