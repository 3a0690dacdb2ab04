#include <libqhull_r/qhull_ra.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Qhull's state and lists are walked by macros, which Swift does not see: here its Delaunay triangulation becomes plain
 * numbers. A message goes nowhere: the code tells what happened.
 */

/* A triangulation: simplices of dimension + 1 points each, by the points' numbers. */
typedef struct {
  int code;
  size_t count;
  int *corners;
} QhullDelaunay;

/* The Delaunay triangulation of points of 2 dimensions or more, row by row; the caller frees the corners. */
static inline QhullDelaunay qhull_delaunay(int dimension, int count, double *points) {
  QhullDelaunay result = {0, 0, NULL};
  qhT state;
  /* Qt: degenerate facets become simplices; Qbb: the lifted coordinate is scaled; Qz: a point at infinity; Q12: wide
     facets are let through. */
  char options[] = "qhull d Qt Qbb Qc Qz Q12";
  FILE *nowhere = fopen("/dev/null", "w");
  if (!nowhere) {
    result.code = qh_ERRmem;
    return result;
  }
  qh_zero(&state, nowhere);
  result.code = qh_new_qhull(&state, dimension, count, points, False, options, nowhere, nowhere);
  if (result.code == 0) {
    qhT *qh = &state;
    facetT *facet;
    vertexT *vertex, **vertexp;
    FORALLfacets {
      if (!facet->upperdelaunay && facet->simplicial) result.count++;
    }
    result.corners = (int *)malloc((result.count * (size_t)(dimension + 1) + 1) * sizeof(int));
    if (result.corners) {
      size_t next = 0;
      FORALLfacets {
        if (facet->upperdelaunay || !facet->simplicial) continue;
        FOREACHvertex_(facet->vertices) result.corners[next++] = qh_pointid(qh, vertex->point);
      }
    } else {
      result.code = qh_ERRmem;
      result.count = 0;
    }
  }
  int longs = 0, bytes = 0;
  qh_freeqhull(&state, !qh_ALL);
  qh_memfreeshort(&state, &longs, &bytes);
  fclose(nowhere);
  return result;
}
