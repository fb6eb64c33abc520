"""A film's file: what it holds, and its pictures, samples and words as they come.

Contents
    probe       open_film: streams, sizes, rates, which of them are watched
    identity    what an edition is known by
    packets     sizes and times of frames without decoding
    pictures    the picture, frame by frame, reduced
    samples     the sound
    still       single frames for people
    subtitles   side files and embedded text

Below them: container (libav, and what it says in one line), decoding, stamps, ending, colour.
"""
