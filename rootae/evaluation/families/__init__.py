"""Several training families on one file: what each makes of it, on one page."""
