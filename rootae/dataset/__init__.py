"""Many files as one piece of work: which there are, where outputs go, and what came of each.

In come names of files, lists of them and coffea's filesets; out come a folder of outputs in the
same layout, a manifest that says what became of each file, and a fileset of what was written.
"""
