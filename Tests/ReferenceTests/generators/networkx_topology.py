#!/usr/bin/env python3
"""Remakes References/networkx-topology.json: metrics of directed acyclic graphs.

    pip install networkx==3.6.1 scipy==1.17.1 numpy==2.4.6 onnx
    python3 Tests/ReferenceTests/generators/networkx_topology.py

The graphs are random ones, and the graphs of the weighted layers of exported models, which are read here anew: every
Conv and Gemm is a node, and everything else carries along the nodes that its inputs come from.
"""

import networkx
import numpy
import onnx
import scipy

from reference_json import REFERENCES, write

MODELS = ["resnet18", "densenet121", "googlenet"]


def random_graphs():
    """(name, nodes, edges u < v): many sizes and densities, the empty and the complete graph among them."""
    random = numpy.random.default_rng(20260729)
    yield "one node", 1, []
    for nodes in (2, 3, 5, 8, 13, 21, 40, 70):
        for density in (0.0, 0.05, 0.15, 0.4, 0.8, 1.0):
            edges = [(u, v) for u in range(nodes) for v in range(u + 1, nodes) if random.random() < density]
            yield f"{nodes} nodes, density {density}", nodes, edges
    for nodes, skips in ((12, 3), (30, 10), (60, 40)):  # a chain with skips, as networks are
        edges = {(u, u + 1) for u in range(nodes - 1)}
        while len(edges) < nodes - 1 + skips:
            u, v = sorted(int(n) for n in random.choice(nodes, 2, replace=False))
            edges.add((u, v))
        yield f"chain of {nodes} with {skips} skips", nodes, sorted(edges)


def weighted_layers(name):
    """The graph of a model's convolutions and fully connected layers."""
    model = onnx.load(str(REFERENCES / "onnx" / f"{name}.onnx"), load_external_data=False).graph
    sources = {}
    edges = []
    nodes = 0
    for node in model.node:
        read = sorted(set().union(*(sources.get(name, set()) for name in node.input)))
        if node.op_type in ("Conv", "Gemm"):
            edges += [(source, nodes) for source in read]
            read = [nodes]
            nodes += 1
        elif node.op_type == "MatMul":
            raise SystemExit(f"{name}: MatMul is not handled here")
        for output in node.output:
            sources[output] = set(read)
    return nodes, sorted(edges)


def metrics(nodes, edges):
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from(edges)
    degrees = [degree for _, degree in graph.degree()]
    starts = {graph.out_degree(u) for u, _ in edges}
    ends = {graph.in_degree(v) for _, v in edges}
    defined = len(starts) > 1 and len(ends) > 1
    lengths = [length for source, reached in networkx.all_pairs_shortest_path_length(graph)
               for target, length in reached.items() if source != target]
    undirected = graph.to_undirected()
    connectivity = None
    if nodes > 1:
        connected = networkx.is_connected(undirected)
        connectivity = float(networkx.laplacian_spectrum(undirected)[1]) if connected else 0.0
    return {
        "degree_mean": sum(degrees) / nodes,
        "degree_max": max(degrees),
        "assortativity": float(networkx.degree_assortativity_coefficient(graph)) if defined else None,
        "longest_path": networkx.dag_longest_path_length(graph) + 1,
        "mean_path": sum(lengths) / len(lengths) if lengths else None,
        "algebraic_connectivity": connectivity,
    }


def main():
    graphs = [{"name": name, "nodes": nodes, "metrics": metrics(nodes, edges),
               "edges": [n for edge in edges for n in edge]}
              for name, nodes, edges in random_graphs()]
    models = []
    for name in MODELS:
        nodes, edges = weighted_layers(name)
        models.append({"name": name, "nodes": nodes, "metrics": metrics(nodes, edges),
                       "edges": [n for edge in edges for n in edge]})
    write(REFERENCES / "networkx-topology.json", {
        "source": "networkx: degree, degree_assortativity_coefficient, dag_longest_path_length + 1 (nodes), mean of "
                  "all_pairs_shortest_path_length, laplacian_spectrum (second smallest)",
        "version": f"networkx {networkx.__version__}, scipy {scipy.__version__}, numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/networkx_topology.py",
        "tolerance": 1e-9,
        "about": "edges: u, v, u, v, … null: not defined (one degree at an end of all edges; no path; one node). The "
                 "connectivity of a graph in pieces is 0.",
        "graphs": graphs,
        "models": models,
    })


if __name__ == "__main__":
    main()
