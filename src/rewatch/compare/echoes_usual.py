"""Usual words: how often the commonest words of spoken English are said, to the nearest of a few steps; usual pairs.

Lines of a small library do not tell that "what are you doing here" is nothing special; these words do. They stand as
`words.folding.fold` writes them. Of other languages, and of rarer words, the length tells (`echoes_lines.rarity`).
"""

from __future__ import annotations

_STEPS = {
    -1.45: "you i the to a",
    -1.75: "it and that of its is in what",
    -1.95: "me this on for my he your we do have dont no are be im was not know all",
    -2.15: "can with thats but so just there here they like get youre oh out right go up his if well at about",
    -2.35: "him from now come how one yeah got want think she good her see did ill hes will who why lets okay would",
    -2.6: "going time back look take tell where when an as or some them then us had been were cant yes man say could "
    "ive really more way mean need something never down off too make our has didnt hey whats theres were theyre am",
    -2.9: "little gonna should over these love much very please sorry thank two give sure any because by doing thing "
    "god lot life people day only maybe help work id youve wont let nothing wait isnt hell call into find than talk",
    -3.15: "great before better new night again anything last put still ever other first money guy name away thanks "
    "house keep feel home old things done always believe long big sir boy girl place around happened everything wrong "
    "leave hello stop left stay father mother friend kill dead two three best after through show told remember car",
}

USUAL: dict[str, float] = {word: 10**step for step, words in _STEPS.items() for word in words.split()}
"""Word -> its share of all words said."""

_IDIOMS = """
each other, matter how, matter what, no matter, doesnt matter, even if, even though, those who, one who, people who,
someone who, man who, anyone who, more than, better than, rather than, other than, id rather, no longer, no one,
no such, such a, such thing, thing as, so much, so many, so long, too much, too many, too late, how much, how many,
how long, how could, thats why, thats what, thats how, thats all, thats right, know what, know how, know why, kind of,
kinds of, sort of, part of, lot of, lots of, full of, out of, piece of, pair of, top of, end of, side of, middle of,
front of, in front, because of, instead of, bunch of, rid of, afraid of, proud of, tired of, think of, ahead of,
one of, all of, some of, most of, none of, rest of, the rest, way of, point of, number of, you think, you know,
i think, i guess, i mean, i know, i believe, i thought, i knew, i wonder, i hope, i wish, i swear, i promise, dont know,
dont want, dont care, dont think, dont understand, dont need, dont have, dont worry, dont try, dont get, didnt know,
cant stand, cant believe, cant wait, wont let, going to, going on, able to, be able, want to, wanted to, need to,
have to, has to, had to, got to, used to, trying to, try to, supposed to, ought to, like to, love to, willing to,
enough to, seem to, seems to, happened to, happens to, talk to, talking to, listen to, back to, next to, close to,
due to, order to, in order, look at, looking at, look like, looks like, looked like, sounds like, feel like,
felt like, something like, just like, looking for, wait for,
waiting for, ask for, good for, at least, at all, at last,
at first, at once, at home, as well, as long, long as, as soon, soon as, as if, as though, as far, far as, as good,
right now, right here, right there, over there, up there, down there, in there, out there, over here, up here, in here,
of course, of us, after all, all right, all day, all night, all these, whole world, the world, this world, the same,
same time, the first, first time, last time, next time, this time, every time, long time, time ago, long ago,
years ago, years old, year old, each day, every day, one day, these days, last night, good night, good morning,
good evening, good luck, good idea, good enough, would be, could be, should be, must be, might be, may be, will be,
has been, have been, ive been, youve been, been a, must have, could have, should have, would have, might have, ive got,
youve got, weve got, got a, give up, give me, shut up, wake up, grow up, stand up, end up, hurry up, get up,
come on, come back, come here, come in, go on, go ahead, go home, go back, get back, get out, get away, run away,
go away, far away, away from, different from, difference between, find out, figure out, think about, talk about,
talking about, thinking about, care about, worry about, what about, how about, about it, tell me, told me, tell you,
told you, let me, let go, lets go, show me, believe in, interested in, wrong with, deal with, along with, filled with,
happened to, what happened, what happens, whats wrong, whats going, what kind, what makes, only thing, one thing,
something else, someone else, anyone else, everyone else, nothing else, nothing but, something that, anything about,
ever seen, never seen, ever since, never mind, never forget, so far, not yet, isnt it, arent you, dont you, do you,
are you, why dont, why do, why are, how do, how can, like this, like that, like it, or not, or something,
once in, in my, my life, your life, his life, little bit, a bit, a little, a lot, a few, a while, my name,
my father, my mother, my friend, my friends, best friend, old man, young man, little girl, little boy, human being,
human beings, high school, hundred years, thousand years, ladies and, and gentlemen, thank you, thanks for,
nice to, see you, excuse me, forgive me, im sorry, im sure, im afraid, im glad, im not, im going, im gonna, its okay,
gonna be, youre right, youre going, youre not, theres no, theres nothing, theres something, there is, there are,
there was, every one, on earth, in fact, the fact, fact that, the truth, the future, the past, the end, on top,
by the, on the, in the, of the, to the, at the, for the, from the, i am, i have, i was, i cant, ill be
"""

TOGETHER: frozenset[str] = frozenset(" ".join(pair.split()) for pair in _IDIOMS.replace("\n", " ").split(","))
"""Pairs of words of which each leads to the other: together they tell about what one of them does."""
