"""Make the peers' data in a process of its own, whose memory counts for nobody: python bench/making.py FOLDER FACTS"""

from __future__ import annotations

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    from peers.data import make

    print(json.dumps({"made": make(Path(sys.argv[1]), int(sys.argv[2]))}))
