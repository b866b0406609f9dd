"""The Dirichlet problem on a mask: factored once, solved for any number of images.

Poisson image editing (Perez, Gangnet & Blake 2003, eq. 3) looks for the image x whose differences
between neighbours come closest to a guidance field v, with the pixels around the mask given:

    minimise  sum over edges (p, q) of  (x_q - x_p - v_pq)^2

An edge joins two pixels beside or above each other, at least one of which is unknown. Let D be the
matrix that takes differences along the edges, its columns split into unknown (u) and known (k)
pixels. The minimum is where

    D_u^T D_u x_u  =  D_u^T (v - D_k x_k)

D_u^T D_u is the graph Laplacian: sparse, symmetric, and the same for every image on this mask. So
it is factored once.
"""

from __future__ import annotations

import numpy as np
import scipy

import nn

# Right-hand sides of one triangular solve: a few share each pass over the factors, more do not fit
# the cache; python -m benchmarks.poisson
SOLVE_COLUMNS = 4


class Domain:
    """A boolean mask (H, W) of the pixels to solve for, of any shape, with its factored Laplacian.

    The mask may have holes and several parts. Pixels at the array's border have no neighbour beyond
    it, and so no edge (a natural boundary). Raises ValueError where no pixel is unknown, or none is
    known: then the level of the result would be undetermined.
    """

    def __init__(self, mask: np.ndarray):
        if mask.ndim != 2 or mask.dtype != bool:
            raise ValueError(f"a mask is a boolean array (H, W), not {mask.dtype} {mask.shape}")
        if not mask.any():
            raise ValueError("the mask is empty: there is nothing to solve for")
        if mask.all():
            raise ValueError("no pixel around the mask is known: leave a border around it")
        self.mask = mask.copy()  # the caller may change its own
        self.unknown = np.flatnonzero(mask)
        differences = _difference_matrix(mask)
        self._from_guidance = differences[:, self.unknown].T.tocsr()  # (U, E): D_u^T
        known = differences @ scipy.sparse.diags_array(~mask.ravel(), dtype=float)
        known.eliminate_zeros()
        self._from_known = (self._from_guidance @ known).tocsr()  # (U, H W): D_u^T D_k
        laplacian = (self._from_guidance @ self._from_guidance.T).tocsc()  # (U, U)
        # For a symmetric matrix A: order the columns by A + A^T, and pivot on the diagonal.
        self._factors = scipy.sparse.linalg.splu(
            laplacian, "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
        )

    def solve(
        self, known: np.ndarray, right: np.ndarray | None = None, down: np.ndarray | None = None
    ) -> np.ndarray:
        """The image that equals `known` outside the mask and follows the guidance inside.

        known        (H, W) or (H, W, C, ...); further axes, such as channels and frames, are
                     solved together. The result has this shape and is float64.
        right, down  the guidance, of the same shape: the wanted differences to the pixel on the
                     right and to the one below; the last column and row are ignored. None means 0
                     everywhere: the result is the membrane that `known` spans.

        Raises ValueError where shapes do not fit.
        """
        if known.shape[:2] != self.mask.shape:
            raise ValueError(f"known values {known.shape} do not fit the mask {self.mask.shape}")
        guidance = [v for v in (right, down) if v is not None]
        if len(guidance) == 1 or any(v.shape != known.shape for v in guidance):
            raise ValueError(f"guidance is two arrays {known.shape} like the known values, or none")
        columns = known.reshape(known.shape[0] * known.shape[1], -1).astype(np.float64)  # (H W, K)
        b = -(self._from_known @ columns)
        if guidance:
            b += self._from_guidance @ np.concatenate([v.reshape(columns.shape) for v in guidance])

        def solve(some: slice) -> None:
            columns[self.unknown, some] = self._factors.solve(b[:, some])

        parts = max(nn.parallel.thread_count(), -(-b.shape[1] // SOLVE_COLUMNS))
        nn.parallel.run([lambda s=s: solve(s) for s in nn.parallel.slices(b.shape[1], parts)])
        return columns.reshape(known.shape)


def _difference_matrix(mask: np.ndarray) -> scipy.sparse.csr_matrix:
    """The matrix D (2 H W, H W): its row p gives x_right - x_p, its row H W + p x_below - x_p.

    Rows are empty where there is no edge.
    """
    h, w = mask.shape
    pixel = np.arange(h * w).reshape(h, w)
    rows, first, second = [], [], []
    for half, a, b in ((0, np.s_[:, :-1], np.s_[:, 1:]), (1, np.s_[:-1], np.s_[1:])):
        edge = mask[a] | mask[b]
        rows.append(half * h * w + pixel[a][edge])
        first.append(pixel[a][edge])
        second.append(pixel[b][edge])
    rows, first, second = (np.concatenate(v) for v in (rows, first, second))
    values, columns = np.repeat([-1.0, 1.0], len(rows)), np.concatenate([first, second])
    return scipy.sparse.csr_matrix((values, (np.tile(rows, 2), columns)), (2 * h * w, h * w))
