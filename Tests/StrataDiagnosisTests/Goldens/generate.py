"""Writes the reference values that the tests of the baselines compare with.

    python generate.py            # baselines.json, beside this script

Needs numpy, scipy and scikit-learn. A run of six correlated channels is divided as the tests divide it; every method is
fitted to z-scores of its training time and scores its test time. Test time has a level shift, huge values, a broken
correlation and a frozen channel.
"""

import json
import pathlib

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import zscore
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

SAMPLES, TRAINING_END, EMBARGO, VALIDATION = 600, 420, 48, 84
NORMAL_RANGE = 1.3489795
FOLDER = pathlib.Path(__file__).parent


def telemetry(rng):
    """Three smooth causes, six channels of different units; shape [time, channel]."""
    time = np.arange(SAMPLES)
    causes = np.stack(
        [np.sin(time / period + phase) + 0.3 * np.cumsum(rng.normal(size=SAMPLES)) / np.sqrt(SAMPLES)
         for period, phase in [(9, 0.3), (23, 1.1), (57, 2.0)]], axis=1)
    mixing = rng.normal(size=(3, 6))
    values = causes @ mixing + 0.15 * rng.normal(size=(SAMPLES, 6))
    values[440:452, 1] += 2.5
    values[455:458, 2] += 60  # far beyond what a model's scale keeps linear
    values[480:510, 3] = values[300:330, 3]
    values[540:570, 4] = values[540, 4]
    return (values * [1, 20, 0.1, 300, 5, 1] + [0, 50, 2, -1000, 10, 3]).astype(np.float32)


def array(values):
    values = np.asarray(values, float)
    return {"shape": list(values.shape), "values": [float(f"{v:.8g}") for v in values.ravel()]}


def trailing(rows, length):
    """Every row with the rows before it; the first row stands in for earlier ones."""
    padded = np.concatenate([np.repeat(rows[:1], length - 1, axis=0), rows])
    return np.stack([padded[i : i + length].ravel() for i in range(len(rows))])


class Norm:
    def fit(self, rows):
        return self

    def scores(self, rows):
        return np.linalg.norm(rows, axis=1), np.abs(rows)


class RobustZ:
    def fit(self, rows):
        low, self.median, high = np.percentile(rows, [25, 50, 75], axis=0)
        self.spread = np.maximum((high - low) / NORMAL_RANGE, 0.1)
        return self

    def scores(self, rows):
        z = np.abs(rows - self.median) / self.spread
        return z.max(axis=1), z


class PrincipalSubspace:
    def __init__(self, normalized):
        self.normalized = normalized

    def fit(self, rows):
        self.pca = PCA(n_components=0.9, svd_solver="full").fit(rows)
        self.deviation = np.maximum(np.sqrt((self.residual(rows) ** 2).mean(axis=0)), 0.02)
        return self

    def residual(self, rows):
        return rows - self.pca.inverse_transform(self.pca.transform(rows))

    def scores(self, rows):
        residual = self.residual(rows)
        if not self.normalized:
            return (residual**2).mean(axis=1), np.abs(residual)
        normalized = np.abs(residual) / self.deviation
        return normalized.max(axis=1), normalized


class Mahalanobis:
    def fit(self, rows):
        covariance = np.cov(rows.T, bias=True)
        shrinkage = 1e-3 * np.trace(covariance) / len(covariance)
        self.precision = np.linalg.inv(covariance + shrinkage * np.eye(len(covariance)))
        return self

    def scores(self, rows):
        return cdist(rows, np.zeros((1, rows.shape[1])), "mahalanobis", VI=self.precision)[:, 0], np.abs(rows)


class NearestNeighbor:
    def __init__(self, length):
        self.length = length

    def fit(self, rows):
        self.windows = trailing(rows, self.length)
        self.search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(self.windows)
        return self

    def scores(self, rows):
        windows = trailing(rows, self.length)
        distance, index = self.search.kneighbors(windows)
        nearest = self.windows[index[:, 0]]
        width = rows.shape[1]
        return distance[:, 0], np.abs(windows - nearest)[:, -width:]


METHODS = {
    "l2-norm": Norm(),
    "robust-z": RobustZ(),
    "pca": PrincipalSubspace(False),
    "pca-normalized": PrincipalSubspace(True),
    "mahalanobis": Mahalanobis(),
    "1-nn-points": NearestNeighbor(1),
    "1-nn-windows": NearestNeighbor(10),
}


def lloyd(rows):
    """Clusters of standardised windows of 40 from given centres, and the distance of every sample's windows to them."""
    windows = zscore(trailing(rows, 40), axis=1, ddof=1)
    first = np.arange(0, len(windows), len(windows) // 10)[:10]
    model = KMeans(10, init=windows[first], n_init=1, max_iter=50, tol=0, algorithm="lloyd").fit(windows)
    assert len(set(model.labels_)) == 10 and model.n_iter_ > 2
    distances = cdist(windows, model.cluster_centers_).min(axis=1)
    scores = [distances[i : i + 40].mean() for i in range(len(distances))]
    return {"rows": array(rows), "first": [int(i) for i in first], "centres": array(model.cluster_centers_),
            "scores": array(scores)}


def main():
    values = telemetry(np.random.default_rng(7))
    end = TRAINING_END - EMBARGO
    training_end = end - VALIDATION - EMBARGO
    scaler = StandardScaler().fit(values[:training_end])
    z = scaler.transform(values.astype(float))
    # Windows of validation and test time may look back over the embargo.
    validation, test = z[end - VALIDATION - EMBARGO : end], z[TRAINING_END - EMBARGO :]
    cases = {"run": {"values": array(values), "trainingEnd": TRAINING_END, "embargo": EMBARGO}}
    standardised = {}
    for name, method in METHODS.items():
        method.fit(z[:training_end])
        scores, contributions = (part[EMBARGO:] for part in method.scores(test))
        calibration = np.log1p(method.scores(validation)[0][EMBARGO:])
        standardised[name] = (np.log1p(scores) - calibration.mean()) / calibration.std()
        cases[name] = {"scores": array(scores), "contributions": array(contributions)}
    cases["log-sum"] = {
        "scores": array(sum(standardised[name] for name in ["l2-norm", "pca-normalized", "1-nn-windows"])),
        "norm": array(standardised["l2-norm"])}
    cases["lloyd"] = lloyd(z[:200, :3])
    (FOLDER / "baselines.json").write_text(json.dumps(cases))
    print(f"{(FOLDER / 'baselines.json').stat().st_size} bytes")


main()
