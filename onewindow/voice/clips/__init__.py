"""Recorded clips (录音包): a local person's voice, cut into short lines that calls are put together from.

phrases   a sentence cut into recorded phrases
script    which lines a hall must read
pack      the folder of clips and its manifest
take      one recording: trimmed, checked, levelled
composer  clips and pauses put together
worker    the process that does it
engine    its parent, and what the pack can say
"""
