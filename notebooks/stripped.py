#!/usr/bin/env python3
"""Says which notebooks hold outputs, which are not kept under version control; with --strip takes them away.

python3 notebooks/stripped.py [--strip]
"""

import json
import sys
from pathlib import Path


def main():
    wrong = []
    for path in sorted(Path(__file__).resolve().parent.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        if all(not cell["outputs"] and cell["execution_count"] is None for cell in cells):
            continue
        if "--strip" in sys.argv[1:]:
            for cell in cells:
                cell["outputs"], cell["execution_count"] = [], None
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        else:
            wrong.append(path.name)
    if wrong:
        sys.exit(f"{', '.join(wrong)}: outputs, allowed none: run python3 notebooks/stripped.py --strip")


if __name__ == "__main__":
    main()
