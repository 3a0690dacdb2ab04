#include <lapacke.h>

/*
 * Routines of LAPACK, called past LAPACKE's C functions: in column-major order these add nothing but a check for NaN
 * and the workspace, and loading their library, whose two thousand symbols are bound at once, takes as long again as
 * loading LAPACK. The header supplies types and the names and hidden arguments of this system's Fortran.
 */

/* lapack_int is a macro, which Swift does not see. */
typedef lapack_int LAPACKInteger;

/* Singular values alone of a rows × columns matrix, column by column; lwork -1 asks for the workspace. */
static inline LAPACKInteger lapack_dgesdd_values(
    LAPACKInteger rows, LAPACKInteger columns, double *a, double *s, double *work, LAPACKInteger lwork,
    LAPACKInteger *iwork) {
  LAPACKInteger info = 0, one = 1;
  LAPACK_dgesdd("N", &rows, &columns, a, &rows, s, NULL, &one, NULL, &one, work, &lwork, iwork, &info);
  return info;
}

/* Eigenvalues alone of a symmetric matrix, lower triangle; lwork -1 asks for the workspaces. */
static inline LAPACKInteger lapack_dsyevd_values(
    LAPACKInteger order, double *a, double *w, double *work, LAPACKInteger lwork, LAPACKInteger *iwork,
    LAPACKInteger liwork) {
  LAPACKInteger info = 0;
  LAPACK_dsyevd("N", "L", &order, a, &order, w, work, &lwork, iwork, &liwork, &info);
  return info;
}

/* The lower Cholesky factor of a symmetric positive definite matrix, over its lower triangle. */
static inline LAPACKInteger lapack_dpotrf_lower(LAPACKInteger order, double *a) {
  LAPACKInteger info = 0;
  LAPACK_dpotrf("L", &order, a, &order, &info);
  return info;
}

/* The solution of A x = b from A's lower Cholesky factor, over b. */
static inline LAPACKInteger lapack_dpotrs_lower(LAPACKInteger order, const double *factor, double *b) {
  LAPACKInteger info = 0, one = 1;
  LAPACK_dpotrs("L", &order, &one, factor, &order, b, &order, &info);
  return info;
}

/* The lower triangle of A's inverse from its lower Cholesky factor, over the factor. */
static inline LAPACKInteger lapack_dpotri_lower(LAPACKInteger order, double *factor) {
  LAPACKInteger info = 0;
  LAPACK_dpotri("L", &order, factor, &order, &info);
  return info;
}
