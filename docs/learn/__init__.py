"""The book of the pipeline: chapters, their figures, their exercises."""
