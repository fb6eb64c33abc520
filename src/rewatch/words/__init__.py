"""Words: the lines of a film, how many words they hold, how fast they come.

Contents
    lines     the track of lines; which of a line's words are spoken
    pace      words a minute as a curve
    dialogue  words, lines and the share of dialogue, as figures
"""
