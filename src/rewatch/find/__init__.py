"""Find the moment: from a still, a sound, a line, a look, or another moment."""
