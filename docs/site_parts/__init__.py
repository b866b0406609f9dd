"""What the site needs beside Sphinx, its theme and MyST."""
