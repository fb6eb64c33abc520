"""Sounds: what a film sounds like.

Contents
    registry   the analysers
    loudness   loudness, peaks, silences: gating, kweighting, true_peak, silence, channels
    texture    onsets, spectrum, kinds of sound: stft, onsets, spectrum, kinds
    blocks     a stream cut into whole seconds, which both work on

SciPy and PyAV are imported where they are used: the registry, which every command reads, stays quick to load.
"""
