"""Writes the reference files: indented, but a row that fits a line stays on one line.

With FLASHNAS_REFERENCES set to a folder the files go there: `make test-all` remakes them so, and compares.

Needs: Python 3.9 or newer. No command of its own; the generators beside it import it.
"""

import json
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
REFERENCES = REPOSITORY / "Tests" / "ReferenceTests" / "References"
LINE = 118


def text(value, indent=0, used=0):
    """JSON of `value`; `used` counts the characters that already stand on its first line."""
    compact = json.dumps(value, allow_nan=False, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or used + len(compact) <= LINE:
        return compact
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        lines = []
        for name, item in value.items():
            start = f"{json.dumps(name)}: "
            body = text(item, indent + 2, indent + 2 + len(start) + 1)
            # Below the top, short entries share a line.
            if indent and lines and "\n" not in lines[-1] + body and len(inner + lines[-1] + start + body) + 3 <= LINE:
                lines[-1] += ", " + start + body
            else:
                lines.append(start + body)
        return "{\n" + ",\n".join(inner + line for line in lines) + "\n" + " " * indent + "}"
    if any(isinstance(item, (dict, list)) for item in value):
        parts = [inner + text(item, indent + 2, len(inner) + 1) for item in value]
        return "[\n" + ",\n".join(parts) + "\n" + " " * indent + "]"
    lines = [inner]  # numbers or strings, as many a line as fit
    for i, item in enumerate(value):
        word = json.dumps(item, allow_nan=False, ensure_ascii=False) + ("," if i + 1 < len(value) else "")
        if lines[-1] != inner and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(inner)
        lines[-1] += word if lines[-1] == inner else " " + word
    return "[\n" + "\n".join(lines) + "\n" + " " * indent + "]"


def output(path):
    """Where a file goes."""
    folder = os.environ.get("FLASHNAS_REFERENCES")
    return Path(folder) / path.name if folder else path


def write(path, document):
    path = output(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(document) + "\n", encoding="utf-8")
    if json.loads(path.read_text(encoding="utf-8")) != document:
        raise SystemExit(f"{path}: does not read back as it was written")
    print(f"{path.name}: {path.stat().st_size} bytes")
