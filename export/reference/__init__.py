"""A second reader of the format, written from export/FORMAT.md: it imports nothing of rootae.

    python export/reference FILE.root [TREE [COLUMN ...]] [--npz OUT.npz]

It is the text's companion, made to be read beside it and held against it: every rule of the text is
either read or checked here. It takes numpy and uproot, and cramjam, which comes with uproot, for
zstd frames; pages of pcodec and networks it evaluates by itself. It is slow.

To import it, have `export/` on the path: `from reference.file import read`.
"""
