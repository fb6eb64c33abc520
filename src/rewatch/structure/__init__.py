"""Structure: how the time of a film is divided: into shots, into minutes of the clock.

Contents
    shots     the stretches between one change of picture and the next
    minutes   minute 1 is 0:00 to 1:00, and so on
"""
