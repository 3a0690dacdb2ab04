#!/usr/bin/env python3
"""Prints the names that a submodule must not have: members of torch.nn.Module without a leading `_`, and keywords."""

import json
import keyword

from torch import nn

members = [name for name in dir(nn.Module()) if not name.startswith("_")]
print(json.dumps(sorted(set(members + keyword.kwlist + [k for k in keyword.softkwlist if k != "_"]))))
