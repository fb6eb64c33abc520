"""Questions asked of one film: what happens in a minute, where a figure comes from."""
