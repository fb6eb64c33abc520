"""Images: what is measured of the picture, frame by frame, and the stills that are kept of it.

Contents
    light          mean and spread of luma
    colour         mean colour, the barcode; Oklab and sRGB
    palette        histogram of colours, the main colours of a shot
    motion         visual activity
    camera         motion of the picture as a whole, movement within it
    boundaries     cuts, dissolves, fades, wipes; black
    stills         one picture a shot
    contact_sheet  stills laid out on a page
    blocks         pieces of any length into blocks of one
"""
