"""Blobs in a ROOT file: directories, side trees, codecs and records."""
