"""The peers: one script each (see `data`)."""
