"""The pictures of the book, a module for each chapter; see docs/learn/draw.py."""
