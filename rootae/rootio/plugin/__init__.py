"""The plug-in by which ROOT reads compressed files itself: its sources, built once, and loaded.

Sources and a ROOT go in, a shared library comes out. Only `build.library` compiles anything, and
nothing here imports ROOT.
"""
