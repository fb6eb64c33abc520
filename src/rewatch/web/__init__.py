"""The study as a page: the film playing, its score beneath, the minutes, notes and viewings."""
