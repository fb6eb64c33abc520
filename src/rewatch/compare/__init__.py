"""Films side by side: two editions of one film, and the echoes of one film in others."""
