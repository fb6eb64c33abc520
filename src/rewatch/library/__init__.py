"""Where studies live on disk: a catalogue of films, and for each edition its tracks, stills and provenance."""
