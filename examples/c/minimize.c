/* The least material of a box of at least 1000 cm3 whose height is a whole number of 5 cm boards. */
#include <flashnas.h>
#include <stdio.h>

/* x: width and depth in cm, boards in height; no lid */
static int material(size_t n, const double *x, double *value, void *calls) {
  (void)n;
  double height = 5 * x[2];
  *value = x[0] * x[1] + 2 * height * (x[0] + x[1]);
  ++*(long *)calls;
  return 0;
}

static int too_small(size_t n, const double *x, size_t m, double *values, void *data) {
  (void)n, (void)m, (void)data;
  values[0] = 1000 - x[0] * x[1] * 5 * x[2];
  return 0;
}

int main(void) {
  const double lower[] = {1, 1, 1}, upper[] = {100, 100, 8};
  const unsigned char integers[] = {0, 0, 1};
  long calls = 0;
  flashnas_problem *box = flashnas_problem_create(3);
  flashnas_options *options = flashnas_options_create();
  flashnas_result *result = NULL;
  flashnas_problem_set_bounds(box, lower, upper);
  flashnas_problem_set_integers(box, integers);
  flashnas_problem_set_objective(box, material, &calls);
  flashnas_problem_set_inequalities(box, 1, too_small, NULL);
  flashnas_options_set_number(options, "max-evaluations", 100000);

  int code = flashnas_minimize(box, options, &result);
  if (code < 0) {
    char *message = flashnas_message(box);
    fprintf(stderr, "%s\n", message ? message : "failed");
    flashnas_free(message);
  } else {
    double x[3], value, violation;
    if (flashnas_result_point(result, 0, x, &value, &violation) > 0)
      printf("%.3f cm x %.3f cm, %.0f boards high: %.3f cm2 (violation %g)\n", x[0], x[1], x[2], value, violation);
    /* Hundreds of calls: none of them was free. */
    printf("called %s\n", calls > 0 && calls <= flashnas_result_evaluations(result) ? "as often as counted" : "otherwise");
  }
  flashnas_result_free(result);
  flashnas_options_free(options);
  flashnas_problem_free(box);
  return code == FLASHNAS_DONE ? 0 : 1;
}
