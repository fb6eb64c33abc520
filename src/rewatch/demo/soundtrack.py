def soundtrack(channels):
    return None
