"""Arrays in, arrays out: loops that give the same bits everywhere, compiled or in numpy."""
