"""The dossier: what a person who decides needs beside the findings: evidence, cures, assumptions, circumstances, timelines, curves."""
