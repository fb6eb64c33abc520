"""Films without a file: known by a shot list, subtitles or annotations that somebody made.

    film          `read_film`: one of `FORMATS` -> `ImportedFilm`, tracks as a watched film has them
    shots         rows of begin and end -> the track ``shots``; what is repaired, and what is said of it
    tables        text, delimiters, numbers and times as people write them
    shot_lengths, cinemetrics, listing, folder, eaf, edl, subtitles   one module a format

A film without a file has no frames: its shots lie on an even clock (milliseconds; frames a second for an EDL), and
every measure that needs no pixels and no samples works on them.
"""
