"""Voice (语音叫号): what the hall's loudspeakers say, in what order, and how it is rendered.

The room stands alone: it takes plain values and imports no other room. Import from its modules::

    wording    what is said                 spoken_text, style
    audio      samples: chime, loudness, WAV
    worker     the process that speaks      engine (its parent)
    cache      rendered announcements       studio (how one is put together), turns (which is next)
    items      what that order is made of   lease
    sequencer  the order of one loudspeaker speakers (the shell around it)

Nothing is imported here, so that the worker process loads only what it needs, and the server process never
loads the speech library (see docs/adr/0006-voice-in-its-own-process.md).
"""
