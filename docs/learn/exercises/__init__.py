"""The checks of the exercises: `check_NAME(solution)` raises where a solution of NAME is wrong."""
