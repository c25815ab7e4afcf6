"""Writes the reference values that these tests compare with.

    python generate.py            # every file of both seeds, beside this script

Needs TSB-AD 1.5 (its metrics only: `pip install --no-deps TSB-AD`), scikit-learn, statsmodels, scipy and torch. The
references are run as they are; nothing is computed here that they can compute. NaN is written as null, infinity as "inf".
"""

import importlib.metadata
import json
import math
import pathlib
import warnings

import numpy as np
import torch
from sklearn import metrics
from sklearn.neighbors import KNeighborsClassifier
from TSB_AD.evaluation.affiliation.generics import convert_vector_to_events
from TSB_AD.evaluation.affiliation.metrics import pr_from_events
from TSB_AD.evaluation.basic_metrics import basic_metricor, generate_curve
from TSB_AD.evaluation.metrics import get_metrics, get_metrics_pred
from TSB_AD.utils.slidingWindows import find_length_rank

warnings.filterwarnings("ignore")
SEEDS = (0, 1)
FOLDER = pathlib.Path(__file__).parent
WINDOWS = (0, 1, 2, 5, 10, 17, 30)
THRESHOLDS = (250, 100, 25)
grader = basic_metricor()


def labels_of(kind, n, rng):
    """Labels whose events are arranged in one of the ways that implementations get wrong."""
    y = np.zeros(n, int)

    def event(start, length):
        y[start : start + length] = 1

    if kind == "single":
        event(rng.integers(5, n - 30), rng.integers(1, 25))
    elif kind == "several":
        for _ in range(4):
            event(rng.integers(0, n - 12), rng.integers(1, 12))
    elif kind == "from the start":
        event(0, rng.integers(2, 10))
        event(n // 2, 6)
    elif kind == "to the end":
        length = rng.integers(2, 10)
        event(n - length, length)
        event(n // 3, 4)
    elif kind == "neighbours":
        event(n // 3, 5)
        event(n // 3 + 8, 4)
        event(n // 3 + 30, 3)
    elif kind == "points":
        y[rng.choice(n, 5, replace=False)] = 1
        y[n - 1] = 1
    elif kind == "long":
        event(n // 2, n // 4)
    return y


def detection_case(index, kind, rng):
    n = int(rng.integers(60, 240))
    y = labels_of(kind, n, rng)
    s = rng.random(n) * (1 + rng.random()) + y * rng.random(n) * rng.choice([0, 0.3, 1.0, 3.0])
    if index % 5 == 4:
        s = np.convolve(s, np.ones(7) / 7, "same")
    s = np.round(s, 1 if index % 3 == 1 else 5)
    predictions = (s > np.quantile(s, 0.9)).astype(int)
    window, thresholds = WINDOWS[(index * 3) % 7], THRESHOLDS[index % 3]

    tpr, fpr, precision, _, vus_roc, vus_pr = grader.RangeAUC_volume_opt(y, s, window, thresholds)
    assert (vus_roc, vus_pr) == tuple(generate_curve(y, s, window, "opt", thresholds)[6:8])
    affiliation = pr_from_events(
        convert_vector_to_events(predictions), convert_vector_to_events(y), (0, n))
    case = dict(
        kind=kind,
        labels=y,
        scores=s,
        predictions=predictions,
        window=window,
        thresholds=thresholds,
        vus_roc=vus_roc,
        vus_pr=vus_pr,
        roc_per_window=[np.dot(np.diff(f), (t[1:] + t[:-1]) / 2) for t, f in zip(tpr, fpr)],
        pr_per_window=[np.dot(np.diff(t[:-1]), p[1:]) for t, p in zip(tpr, precision)],
        area_under_roc=metrics.roc_auc_score(y, s),
        average_precision=metrics.average_precision_score(y, s),
        standard_f1=grader.metric_PointF1(y, s),
        oracle=dict(
            event_f1=grader.metric_EventF1PA(y, s),
            point_adjusted_f1=grader.metric_PointF1PA(y, s),
            range_f1=grader.metric_RF1(y, s),
            affiliation_f1=grader.metric_Affiliation(y, s),
        ),
        predicted=dict(
            point_f1=grader.metric_PointF1(y, s, preds=predictions),
            event_f1=grader.metric_EventF1PA(y, s, preds=predictions),
            point_adjusted_f1=grader.metric_PointF1PA(y, s, preds=predictions),
            range_f1=grader.metric_RF1(y, s, preds=predictions),
            range_recall=grader.range_recall_new(y, predictions, 0.2),
            range_precision=grader.range_recall_new(predictions, y, 0)[0],
            affiliation_f1=grader.metric_Affiliation(y, s, preds=predictions),
        ),
        affiliation=dict(
            precision=affiliation["Affiliation_Precision"],
            recall=affiliation["Affiliation_Recall"],
            precisions=affiliation["individual_precision_probabilities"],
            recalls=affiliation["individual_recall_probabilities"],
            precision_distances=affiliation["individual_precision_distances"],
            recall_distances=affiliation["individual_recall_distances"],
        ),
        predicted_window=min(window, 20),
        predicted_metrics=get_metrics_pred(s, y, predictions, slidingWindow=min(window, 20)),
    )
    if index % 2 == 0:
        case["all_metrics"] = dict(window=20, thresholds=250, values=get_metrics(s, y, slidingWindow=20))
    return case


def detection(seed):
    rng = np.random.default_rng([1, seed])
    kinds = ("single", "several", "from the start", "to the end", "neighbours", "points", "long")
    return [detection_case(index, kinds[index % len(kinds)], rng) for index in range(21)]


def periods(seed):
    rng = np.random.default_rng([2, seed])
    cases = []
    for index in range(8):
        n, period = int(rng.integers(430, 900)), int(rng.integers(8, 180))
        x = np.sin(2 * np.pi * np.arange(n) / period) + 0.3 * (index % 3) * rng.standard_normal(n)
        if index % 4 == 0:
            x += 0.001 * np.arange(n)
        if index == 7:
            x = rng.standard_normal(n)
        x = np.round(x, 3)
        cases.append(dict(series=x, period=int(find_length_rank(x.reshape(-1, 1), rank=1))))
    return cases


def culprits(seed):
    rng = np.random.default_rng([3, seed])
    cases = []
    for index in range(12):
        rows, columns = int(rng.integers(4, 9)), int(rng.integers(5, 20))
        truth = (rng.random((rows, columns)) < 0.25).astype(int)
        truth[:, 0] |= truth.sum(1) == 0
        scores = rng.random((rows, columns)) + [0, 0.4, 1, 2][index % 4] * truth * rng.random((rows, columns))
        scores = np.round(scores, 5)

        def hit_rate(percent):  # TranAD's src/diagnosis.py
            rates = []
            for row, labels in zip(scores, truth):
                found = set(np.where(labels == 1)[0])
                top = np.argsort(row)[::-1][: round(percent * len(found) / 100)]
                rates.append(len(set(top) & found) / len(found))
            return np.mean(rates)

        def gain(percent, scores=scores):
            return np.mean([
                metrics.ndcg_score(labels[None], row[None], k=round(percent * labels.sum() / 100))
                for row, labels in zip(scores, truth)])

        cases.append(dict(
            scores=scores,
            culprits=truth,
            hit_100=hit_rate(100),
            hit_150=hit_rate(150),
            ndcg_100=gain(100),
            ndcg_150=gain(150),
            ndcg_100_of_tied=gain(100, np.round(scores, 1)),
            average_precision=metrics.average_precision_score(truth.ravel(), scores.ravel()),
            area_under_roc=metrics.roc_auc_score(truth.ravel(), scores.ravel()),
        ))
    return cases


def representation(seed):
    rng = np.random.default_rng([4, seed])
    cases = []
    for index in range(6):
        n, latent = [(16, 4), (24, 6)][index % 2]
        first = np.round(rng.standard_normal((n, latent)), 5)
        second = np.round(first * [1, 0.5, 0][index % 3] + rng.standard_normal((n, latent)) * [0.2, 1, 1][index % 3], 5)
        classes = rng.integers(0, 3, n)
        embeddings = np.round(rng.standard_normal((3, latent))[classes] * [0, 1, 3][index % 3] + first, 5)
        a, b = (torch.nn.functional.normalize(torch.tensor(x), dim=1) for x in (first, second))
        similarity = (a @ b.T).numpy()
        ranks = [int((row > row[i]).sum()) + 1 for i, row in enumerate(similarity)]
        top = np.argsort(-similarity, axis=1, kind="stable")
        share = np.linalg.svd(embeddings, compute_uv=False)
        share = share / share.sum() + 1e-7
        trained = n * 2 // 3

        def neighbors(count, metric):
            probe = KNeighborsClassifier(count, metric=metric, algorithm="brute")
            return probe.fit(embeddings[:trained], classes[:trained]).predict(embeddings[trained:])

        cases.append(dict(
            first=first,
            second=second,
            alignment=((a - b).norm(dim=1) ** 2).mean().item(),
            uniformity=torch.pdist(a).pow(2).mul(-2).exp().mean().log().item(),
            ranks=ranks,
            recall_1=np.mean([i in row[:1] for i, row in enumerate(top)]),
            recall_5=np.mean([i in row[:5] for i, row in enumerate(top)]),
            mean_reciprocal_rank=np.mean([1 / rank for rank in ranks]),
            median_rank=np.median(ranks),
            embeddings=embeddings,
            classes=classes,
            trained=trained,
            rank_me=np.exp(-(share * np.log(share)).sum()),
            euclidean=[neighbors(1, "euclidean"), neighbors(5, "euclidean")],
            cosine=[neighbors(1, "cosine"), neighbors(5, "cosine")],
        ))
    return cases


def plain(value):
    """The value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): plain(element) for key, element in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(element) for element in value]
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else "inf" if math.isinf(value) else float(value)
    return value.item() if isinstance(value, np.generic) else value


def write(name, cases):
    versions = {package: importlib.metadata.version(package)
                for package in ("TSB_AD", "scikit-learn", "statsmodels", "numpy", "torch")}
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(plain(dict(versions=versions, cases=cases)), separators=(",", ":")) + "\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size / 1e3:.0f} kB")


for seed in SEEDS:
    write(f"detection-{seed}", detection(seed))
    write(f"periods-{seed}", periods(seed))
    write(f"culprits-{seed}", culprits(seed))
    write(f"representation-{seed}", representation(seed))
