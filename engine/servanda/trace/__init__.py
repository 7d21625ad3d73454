"""The trace from the signed text to rules, cases and findings, and back.

    signed_text   a text file or a DOCX as numbered items (paragraphs and list points)
    fingerprints  what a pack knows of the text that it was written for: hashes and figures, no sentences
    align         the register's clauses laid along the items of a text
    matrix        clause → rules → cases → findings, and rule → clauses
    report        all of it as text, JSON, CSV and HTML
"""
