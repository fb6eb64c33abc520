"""The study as a page: the film playing, its score beneath, the minutes, notes and viewings.

    app       all of it put together: `create_app`
    guard     who may ask: Host and Origin, the headers that each answer bears, how much may be sent
    shelf     films of the library, held open while they are looked at
    lanes     what the score is drawn from: tracks reduced to the pixels asked for
    bins      the reduction itself
    moment    all that is known of one second of a film
    pages     templates, and what they are filled with
    routes_*  one subject each: library, film, data, media, notes
    jobs      work that takes a while, in a process of its own, told of as it goes on
    watching, proxy   what those processes do: watch a film, make a copy that browsers play
    templates/, static/   Jinja2; plain ES modules and one stylesheet: no bundler, nothing loaded from elsewhere

The page asks for tiles: 1,024 bins of the film at one of a row of resolutions, each twice as fine as the one before.
What it is sent grows with the width of its window, never with the film.
"""
