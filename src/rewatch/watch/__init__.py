"""The only runner: plan, one decode of picture and sound fanned out to the analysers, tracks into the library."""
