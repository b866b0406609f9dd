"""What can be wrong with files. Each message is one line that names the file and the remedy."""


class VideoError(Exception):
    """The base of the errors below."""


class MissingInput(VideoError):
    """The file or folder does not exist or may not be read."""


class NotAVideo(VideoError):
    """The file is neither a clip nor an image that can be decoded."""


class NoFrames(VideoError):
    """The clip or folder holds no frame."""


class OutputError(VideoError):
    """The output cannot be written: no permission, no space, an unknown format."""
