"""What a film sounds like: loudness, silence, onsets, spectrum, kinds of sound."""
