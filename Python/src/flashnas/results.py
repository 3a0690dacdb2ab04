"""What a question is answered by."""

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Tuple

if TYPE_CHECKING:
    import pandas

#: Where documents keep their rows, the first ones first.
_ROWS = ("points", "front", "top", "networks", "items", "files", "coefficients", "rows")


class Result(Dict[str, Any]):
    """The document of a command (``flashnas.search/1`` and so on), as a dictionary.

    Attributes
    ----------
    code : int
        The exit code of the command line: 0, or 2 where no point is feasible, or 65 where some of several files were
        wrong.
    notices : list of str
        What the command line would note beside it; given out as warnings too.
    """

    def __init__(self, document: Mapping[str, Any], code: int = 0, notices: Tuple[str, ...] = ()) -> None:
        super().__init__(document)
        self.code = code
        self.notices = list(notices)

    @property
    def feasible(self) -> bool:
        """Whether bounds could be kept; of `check`, whether they are."""
        return self.code != 2

    def rows(self, key: Optional[str] = None) -> List[Dict[str, Any]]:
        """The rows of the document as flat dictionaries.

        Parameters
        ----------
        key : str, optional
            Where the rows are: a key of the document whose value is a list. By default its points, front, networks or
            coefficients; of a search its best network, or without one the closest.

        Returns
        -------
        list of dict
            In the document's order. The variables of a point are columns of their own; what is nested else has a dotted
            name.
        """
        if key is None:
            key = next((key for key in _ROWS if isinstance(self.get(key), list)), None)
        if key is not None:
            rows = self[key]
            if not isinstance(rows, list):
                raise KeyError(f"{key}: no rows")
        elif isinstance(self.get("quantities"), Mapping):
            rows = list(_fitted_costs(self["quantities"]))
        else:
            rows = [self.get("best") or self.get("closest") or self]
        order = [variable["name"] for variable in _variables(self)]
        return [_flat(row, order) if isinstance(row, Mapping) else {"value": row} for row in rows]

    def frame(self, key: Optional[str] = None) -> "pandas.DataFrame":
        """The `rows` as a frame of pandas, which has to be installed.

        Parameters
        ----------
        key : str, optional
            Where the rows are, as in `rows`.

        Returns
        -------
        pandas.DataFrame
            A row each.
        """
        import pandas

        return pandas.DataFrame(self.rows(key))


def _variables(document: Mapping[str, Any]) -> List[Mapping[str, Any]]:
    space = document.get("space")
    return list(space.get("variables") or []) if isinstance(space, Mapping) else []


def _fitted_costs(quantities: Mapping[str, Any]) -> Iterator[Dict[str, Any]]:
    """A row for each coefficient of fitted costs."""
    for quantity, fit in quantities.items():
        for feature, value in zip(fit.get("features", ()), fit.get("coefficients", ())):
            yield {"quantity": quantity, "feature": feature, "value": value}


def _flat(row: Mapping[str, Any], order: List[str]) -> Dict[str, Any]:
    flat: Dict[str, Any] = {}
    point = row.get("point")
    if isinstance(point, Mapping):
        flat.update({name: point[name] for name in order if name in point})
        flat.update({name: value for name, value in point.items() if name not in flat})
    for key, value in row.items():
        if key == "point" and isinstance(value, Mapping):
            continue
        if isinstance(value, Mapping):
            flat.update({f"{key}.{inner}": entry for inner, entry in _flat(value, []).items()})
        else:
            flat[key] = value
    return flat
