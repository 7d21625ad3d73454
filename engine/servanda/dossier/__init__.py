"""The dossier: what a person who decides needs beside the findings. `contents` holds its shapes."""
