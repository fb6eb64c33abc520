"""The score: a film charted like a piece of music, out of its shots, its motion and its sound.

Contents
    cutting       shot lengths and what they say
    tempo         how fast it moves; accelerando, ritardando
    momentum      how its motion gathers and comes to rest
    dynamics      how loud it is; crescendi, sforzandi, rests
    articulation  where it is legato, where staccato
    pulse         where it beats steadily, like a heartbeat
    accents       cuts that fall with the sound
"""
