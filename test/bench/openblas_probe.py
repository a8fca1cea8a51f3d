"""Which kernels OpenBLAS takes on this processor, and its sgemm's speed: one line of JSON."""
import ctypes
import json
import time


def main() -> None:
    try:
        blas = ctypes.CDLL("libopenblas.so.0")
    except OSError as error:
        raise SystemExit(str(error))
    for name in ("openblas_get_corename", "openblas_get_config"):
        getattr(blas, name).restype = ctypes.c_char_p
    n = 768
    a, b, c = ((ctypes.c_float * (n * n))(*([1.0] * (n * n))) for _ in range(3))
    one, nothing = ctypes.c_float(1), ctypes.c_float(0)
    best = 0.0
    for _ in range(7):
        start = time.process_time()
        blas.cblas_sgemm(101, 111, 112, n, n, n, one, a, n, b, n, nothing, c, n)
        best = max(best, n**3 / (time.process_time() - start) * 1e-9)
    answer = {
        "core": blas.openblas_get_corename().decode(),
        "config": blas.openblas_get_config().decode(),
        "gmacs": round(best, 1),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
