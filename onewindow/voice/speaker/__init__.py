"""A zone's loudspeaker as a program (本机扬声器): plays what the server sends, without a browser."""
