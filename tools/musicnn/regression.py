"""Multinomial logistic regression that starts from what is known before."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from livegenre.training.linear import Linear

MAX_ITERATIONS = 200


def regress(
    rows: NDArray[np.float64],
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    prior: NDArray[np.float64],
    penalty: float,
) -> Linear:
    """Minimise the mean log loss plus ``penalty / 2`` of the squared distance to the prior.

    Parameters
    ----------
    rows : ndarray [shape=(n_rows, n_features)]
    classes : ndarray [shape=(n_rows,)]
        0 .. n_classes - 1.
    weights : ndarray [shape=(n_rows,)]
        Of each row's loss; their sum does not matter.
    prior : ndarray [shape=(n_features, n_classes)]
        What the weights are where the rows say nothing; the bias is free.
    penalty : float > 0
    """
    shares = (weights / weights.sum())[:, np.newaxis]
    wanted = np.eye(prior.shape[1])[classes]
    expected = rows @ prior
    shape = (rows.shape[1] + 1, prior.shape[1])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        step, bias = np.split(flat.reshape(shape), [-1])
        logits = rows @ step + bias + expected
        log_posterior = logits - logsumexp(logits, axis=1, keepdims=True)
        wrong = shares * (np.exp(log_posterior) - wanted)
        slope = np.vstack([rows.T @ wrong + penalty * step, wrong.sum(axis=0)])
        value = -(shares * wanted * log_posterior).sum() + penalty / 2 * np.square(step).sum()
        return float(value), slope.ravel()

    found = minimize(
        loss,
        np.zeros(shape).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MAX_ITERATIONS, "ftol": 1e-7},
    )
    step, bias = np.split(found.x.reshape(shape), [-1])
    return Linear(step + prior, bias[0])
