#!/usr/bin/env python3
"""Remakes datasets/fashion-mnist-dense3/link-vectors.json: the skip links that train.py draws, and SplitMix64.

    python3 Tests/ReferenceTests/generators/link_vectors.py

Needs Python alone: train.py imports torch only to train. Its generator must give SplitMix64's published outputs for the
state 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64").
"""

import importlib.util

from reference_json import REPOSITORY, write

FOLDER = REPOSITORY / "datasets" / "fashion-mnist-dense3"
PUBLISHED = {1234567: [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431,
                       16408922859458223821]}
LARGEST = 2 ** 64 - 1

POINTS = [  # seed, cell, layer, width, skip
    # Layers 0 and 1 have no candidates, and skip 0 takes none.
    (0, 0, 0, 4, 3), (0, 0, 1, 4, 3), (0, 0, 2, 4, 0), (LARGEST, 2, 9, 12, 0),
    # One candidate; a few of a few.
    (0, 0, 2, 1, 1), (0, 0, 2, 4, 1), (0, 0, 2, 4, 2), (0, 0, 2, 4, 3), (0, 0, 3, 4, 3), (0, 0, 4, 4, 3),
    # Exactly saturated, and above saturation: all candidates, in order.
    (0, 0, 2, 4, 4), (1, 1, 3, 5, 10), (LARGEST, 0, 3, 2, 4), (0, 0, 2, 4, 5), (1, 1, 3, 5, 11), (1, 2, 4, 3, 30),
    # One short of saturation.
    (0, 0, 3, 4, 7), (1, 0, 4, 5, 14), (LARGEST, 2, 5, 7, 27),
    # Seed, cell and layer each change the draw.
    (0, 0, 5, 8, 6), (1, 0, 5, 8, 6), (2, 0, 5, 8, 6), (LARGEST, 0, 5, 8, 6), (2 ** 63, 0, 5, 8, 6),
    (0, 1, 5, 8, 6), (0, 2, 5, 8, 6), (0, 1, 6, 8, 6), (0, 2, 7, 8, 6), (1, 2, 8, 8, 6), (1, 1, 9, 8, 6),
    # (seed, cell, layer) are mixed in order: exchanging them is another draw.
    (5, 2, 3, 8, 6), (2, 5, 3, 8, 6), (3, 2, 5, 8, 6), (5, 3, 2, 8, 6),
    # The ranges of the space.
    (0, 0, 9, 4, 24), (1, 0, 9, 12, 24), (LARGEST, 0, 9, 12, 24), (0, 1, 9, 8, 30), (1, 2, 6, 11, 30),
    (LARGEST, 1, 7, 12, 30), (42, 2, 9, 12, 30), (0, 29, 29, 3, 12),
]


def main():
    specification = importlib.util.spec_from_file_location("train", FOLDER / "train.py")
    trainer = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(trainer)
    for state, outputs in PUBLISHED.items():
        generator = trainer.SplitMix64(state)
        found = [generator.next() for _ in outputs]
        if found != outputs:
            raise SystemExit(f"SplitMix64 from {state}: found {found}, published {outputs}")
    vectors = []
    for seed, cell, layer, width, skip in POINTS:
        channels = trainer.draw_links(seed, cell, layer, width, skip)
        candidates = width * max(layer - 1, 0)
        if channels != sorted(set(channels)) or len(channels) != min(skip, candidates) or \
                any(not 0 <= k < candidates for k in channels):
            raise SystemExit(f"draw_links{(seed, cell, layer, width, skip)}: found {channels}")
        vectors.append({"seed": seed, "cell": cell, "layer": layer, "width": width, "skip": skip,
                        "channels": channels})
    write(FOLDER / "link-vectors.json", {
        "about": "The channels that layer `layer` of cell `cell` reads beside its predecessor's: indices into the "
                 "outputs of layers 0...layer-2, in (layer, channel) order, as train.py draws them; Swift must draw "
                 "alike. seed is an unsigned 64-bit number. splitmix64: SplitMix64's first outputs from a raw state, "
                 "as published (Rosetta Code, \"Pseudo-random numbers/Splitmix64\").",
        "command": "python3 Tests/ReferenceTests/generators/link_vectors.py",
        "splitmix64": [{"state": state, "outputs": outputs} for state, outputs in PUBLISHED.items()],
        "vectors": vectors,
    })


if __name__ == "__main__":
    main()
