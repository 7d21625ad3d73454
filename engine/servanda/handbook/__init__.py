"""The handbook of a pack: its rules as an official reads them, generated from the YAML, as HTML and as Markdown.

contents.py says what stands in it, kind_words.py and condition_words.py put rules into words, render.py writes it.
"""
