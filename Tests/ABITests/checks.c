/* Calls every function of flashnas.h with what it is for and with what it is not. Ends with 1 and a line for each check
 * that does not hold. */
#include <flashnas.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

#define CHECK(condition)                                                     \
  do {                                                                       \
    if (!(condition)) {                                                      \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);        \
      failures++;                                                            \
    }                                                                        \
  } while (0)

/* Whether the last call on a handle failed with a message that has a part. */
static int said(const void *handle, const char *part) {
  char *message = flashnas_message(handle);
  int found = message && strstr(message, part) && !strchr(message, '\n');
  if (!found) fprintf(stderr, "the message is: %s\n", message ? message : "none");
  flashnas_free(message);
  return found;
}

static int silent(const void *handle) {
  char *message = flashnas_message(handle);
  int none = message == NULL;
  flashnas_free(message);
  return none;
}

/* Queries */

static int query(const char *json, const char *part) {
  char *answer = NULL;
  int code = flashnas_query(json, &answer);
  if (!answer || !strstr(answer, part) || strchr(answer, '\n')) {
    fprintf(stderr, "%s: %s\n", json ? json : "NULL", answer ? answer : "none");
    failures++;
  }
  flashnas_free(answer);
  return code;
}

static int at_once(void *data) {
  ++*(int *)data;
  return 1;
}

static void queries(void) {
  CHECK(strcmp(flashnas_version(), FLASHNAS_VERSION) == 0);
  flashnas_free(NULL);
  CHECK(query("{\"id\": [1], \"command\": \"search\"}", "{\"id\":[1],\"result\":{\"best\":{\"accuracy\":") == FLASHNAS_DONE);
  CHECK(query("{\"command\": \"search\", \"options\": {\"min-accuracy\": \"99.9%\"}}", "\"best\":null") ==
        FLASHNAS_INFEASIBLE);
  CHECK(query("{\"command\": \"search\", \"options\": {\"max-area\": 2}}", "\"code\":64") == FLASHNAS_USAGE);
  CHECK(query("{\"command\": \"search\", \"arguments\": [\"missing\"]}", "\"code\":65") == FLASHNAS_DATA);
  CHECK(query("{\"command\": \"search\", \"options\": {\"trace\": \"/missing/file\"}}", "\"code\":1") == FLASHNAS_FAILED);
  CHECK(query("{", "{\"id\":null,\"error\":") == FLASHNAS_DATA);
  CHECK(query("", "\"code\":65") == FLASHNAS_DATA);
  CHECK(query("\xff\xfe", "\"code\":65") == FLASHNAS_DATA);
  CHECK(query(NULL, "\"code\":65") == FLASHNAS_DATA);
  CHECK(flashnas_query("{}", NULL) == FLASHNAS_USAGE);
  int asked = 0;
  char *answer = NULL;
  CHECK(flashnas_query_until(
            "{\"command\": \"search\", \"options\": {\"space\": \"dense3-cifar\", \"minimize\": "
            "\"log(latency)-nn_mass/1000\"}}",
            at_once, &asked, &answer) == FLASHNAS_INTERRUPTED);
  CHECK(asked > 0 && answer && strstr(answer, "\"termination\":\"interrupted\""));
  flashnas_free(answer);
  CHECK(flashnas_query_until("{\"command\": \"list\", \"arguments\": [\"metrics\"]}", NULL, NULL, &answer) == FLASHNAS_DONE);
  flashnas_free(answer);
}

/* Designs */

static const int64_t points[2][9] = {{8, 7, 12, 16, 7, 24, 32, 7, 48}, {5, 4, 9, 18, 4, 34, 27, 4, 54}};

static int batch(flashnas_evaluator *designs, const int64_t *of, size_t count, size_t variables, double *accuracy) {
  return flashnas_evaluate_batch(designs, of, count, variables, accuracy, NULL, NULL, NULL, NULL, NULL);
}

static void designs(void) {
  flashnas_evaluator *designs = flashnas_evaluator_create();
  double a[2] = {-1, -1}, l[2], e[2], s[2], o[2], v[2];
  CHECK(flashnas_evaluator_variables(designs) == 0);
  /* The shipped question, whose models the first evaluation loads. */
  CHECK(flashnas_evaluate_batch(designs, points[0], 2, 9, a, l, e, s, o, v) == FLASHNAS_DONE);
  CHECK(silent(designs));
  for (int i = 0; i < 2; i++)
    CHECK(fabs(o[i] / (a[i] / (l[i] * e[i] * s[i])) - 1) < 1e-12 && a[i] > 0.85 && a[i] < 1 && v[i] >= 0);
  CHECK(v[0] > 0 && v[1] == 0);
  CHECK(flashnas_evaluator_variables(designs) == 9);
  char *name = flashnas_evaluator_variable(designs, 8);
  CHECK(name && strcmp(name, "skip3") == 0);
  flashnas_free(name);
  CHECK(flashnas_evaluator_variable(designs, 9) == NULL && flashnas_evaluator_variable(designs, SIZE_MAX) == NULL);
  CHECK(flashnas_evaluate_batch(designs, points[0], 2, 9, NULL, NULL, NULL, NULL, NULL, NULL) == FLASHNAS_DONE);

  a[0] = -1;
  CHECK(batch(designs, points[0], 0, 9, a) == FLASHNAS_DONE && batch(designs, NULL, 0, 0, NULL) == FLASHNAS_DONE);
  CHECK(batch(designs, NULL, 2, 9, a) == FLASHNAS_USAGE && said(designs, "points: found NULL"));
  CHECK(batch(designs, points[0], 2, 8, a) == FLASHNAS_USAGE && said(designs, "of 8 variables, allowed points of 9"));
  CHECK(batch(designs, points[0], 2, 0, a) == FLASHNAS_USAGE);
  CHECK(batch(designs, points[0], SIZE_MAX, 9, a) == FLASHNAS_USAGE);
  CHECK(batch(designs, points[0], SIZE_MAX / 9, 9, a) == FLASHNAS_USAGE);
  int64_t wrong[2][9];
  memcpy(wrong, points, sizeof wrong);
  wrong[1][2] = INT64_MIN;
  CHECK(batch(designs, wrong[0], 2, 9, a) == FLASHNAS_USAGE && said(designs, "points[1]: skip1: out of range"));
  CHECK(a[0] == -1);

  CHECK(flashnas_evaluator_set(designs, NULL, "x") == FLASHNAS_USAGE && said(designs, "NULL"));
  CHECK(flashnas_evaluator_set(designs, "--space", "x") == FLASHNAS_USAGE || said(designs, "not an option"));
  CHECK(flashnas_evaluator_set(designs, "output", "x") == FLASHNAS_USAGE && said(designs, "options.output"));
  CHECK(flashnas_evaluator_set(designs, "", "x") < 0);
  CHECK(flashnas_evaluator_set(designs, "fix", "width1=8") == FLASHNAS_DONE);
  CHECK(flashnas_evaluator_set(designs, "fix", "depth1=7") == FLASHNAS_DONE);
  CHECK(flashnas_evaluator_set(designs, "unbounded", NULL) == FLASHNAS_DONE && silent(designs));
  CHECK(flashnas_evaluator_load(designs) == FLASHNAS_DONE);
  CHECK(flashnas_evaluate_batch(designs, points[0], 1, 9, a, NULL, NULL, NULL, NULL, v) == FLASHNAS_DONE && v[0] == 0);
  CHECK(batch(designs, points[1], 1, 9, a) == FLASHNAS_USAGE && said(designs, "width1"));
  CHECK(flashnas_evaluator_set(designs, "space", "nowhere") == FLASHNAS_DONE);
  CHECK(flashnas_evaluator_load(designs) == FLASHNAS_USAGE && said(designs, "nowhere"));
  CHECK(flashnas_evaluator_variables(designs) == 0);
  flashnas_evaluator_free(designs);

  CHECK(flashnas_evaluator_set(NULL, "a", "b") == FLASHNAS_USAGE && flashnas_evaluator_load(NULL) == FLASHNAS_USAGE);
  CHECK(flashnas_evaluator_variables(NULL) == 0 && flashnas_evaluator_variable(NULL, 0) == NULL);
  CHECK(batch(NULL, points[0], 2, 9, a) == FLASHNAS_USAGE);
  flashnas_evaluator_free(NULL);
}

/* Minimisation */

static int bowl(size_t n, const double *x, double *value, void *data) {
  if (data) ++*(int *)data;
  *value = 0;
  for (size_t i = 0; i < n; i++) *value += (x[i] - 0.3) * (x[i] - 0.3);
  return 0;
}

static int nothing(size_t n, const double *x, double *value, void *data) {
  (void)n, (void)x, (void)data;
  *value = NAN;
  return 0;
}

static int failing(size_t n, const double *x, double *value, void *data) {
  return ++*(int *)data > 5 || bowl(n, x, value, NULL);
}

/* x[0] >= 0.5 */
static int half(size_t n, const double *x, size_t m, double *values, void *data) {
  (void)n, (void)data;
  for (size_t i = 0; i < m; i++) values[i] = 0.5 - x[0];
  return 0;
}

/* x[0] = x[1] */
static int equal(size_t n, const double *x, size_t m, double *values, void *data) {
  (void)n, (void)m, (void)data;
  values[0] = x[0] - x[1];
  return 0;
}

static int no_constraint(size_t n, const double *x, size_t m, double *values, void *data) {
  (void)n, (void)x, (void)data;
  for (size_t i = 0; i < m; i++) values[i] = INFINITY;
  return 0;
}

static int failing_constraint(size_t n, const double *x, size_t m, double *values, void *data) {
  (void)n, (void)x, (void)m, (void)values, (void)data;
  return -7;
}

static flashnas_problem *unit_box(void) {
  const double lower[2] = {0, 0}, upper[2] = {1, 1};
  flashnas_problem *problem = flashnas_problem_create(2);
  CHECK(flashnas_problem_set_bounds(problem, lower, upper) == FLASHNAS_DONE);
  CHECK(flashnas_problem_set_objective(problem, bowl, NULL) == FLASHNAS_DONE);
  return problem;
}

static void minima(void) {
  flashnas_problem *problem = unit_box();
  flashnas_options *options = flashnas_options_create();
  flashnas_result *result = NULL;
  double x[2] = {9, 9}, value = 9, violation = 9;
  int calls = 0;
  flashnas_problem_set_objective(problem, bowl, &calls);
  CHECK(flashnas_minimize(problem, NULL, &result) == FLASHNAS_DONE && silent(problem));
  CHECK(flashnas_result_status(result) == FLASHNAS_DONE && flashnas_result_count(result) >= 1);
  CHECK(flashnas_result_point(result, 0, x, &value, &violation) == FLASHNAS_DONE);
  CHECK(fabs(x[0] - 0.3) < 1e-6 && fabs(x[1] - 0.3) < 1e-6 && value < 1e-12 && violation == 0);
  CHECK(calls == flashnas_result_evaluations(result) && flashnas_result_iterations(result) >= 1);
  CHECK(flashnas_result_point(result, 0, NULL, NULL, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_result_point(result, SIZE_MAX, x, NULL, NULL) == FLASHNAS_USAGE && said(result, "allowed below"));
  flashnas_result_free(result);

  /* c and h */
  CHECK(flashnas_problem_set_inequalities(problem, 1, half, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_problem_set_equalities(problem, 1, equal, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_DONE);
  flashnas_result_point(result, 0, x, &value, &violation);
  CHECK(fabs(x[0] - 0.5) < 1e-6 && fabs(x[1] - 0.5) < 1e-6 && fabs(value - 0.08) < 1e-6 && violation == 0);
  flashnas_result_free(result);
  CHECK(flashnas_problem_set_equalities(problem, 0, NULL, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_DONE);
  flashnas_result_point(result, 0, x, NULL, NULL);
  CHECK(fabs(x[0] - 0.5) < 1e-6 && fabs(x[1] - 0.3) < 1e-5);
  flashnas_result_free(result);

  /* What is never feasible, and what never is a number. */
  CHECK(flashnas_problem_set_inequalities(problem, 3, no_constraint, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_options_set_number(options, "max-evaluations", 500) == FLASHNAS_DONE);
  int code = flashnas_minimize(problem, options, &result);
  CHECK(code == FLASHNAS_INFEASIBLE || code == FLASHNAS_BUDGET);
  CHECK(flashnas_result_point(result, 0, x, NULL, &violation) < 0 || violation > 0);
  flashnas_result_free(result);
  flashnas_problem_set_inequalities(problem, 0, NULL, NULL);
  flashnas_problem_set_objective(problem, nothing, NULL);
  code = flashnas_minimize(problem, options, &result);
  CHECK(code == FLASHNAS_INFEASIBLE || code == FLASHNAS_BUDGET);
  flashnas_result_free(result);

  /* Callbacks that fail, and stops. */
  calls = 0;
  flashnas_problem_set_objective(problem, failing, &calls);
  result = (flashnas_result *)problem;
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_CALLBACK && result == NULL && calls == 6);
  CHECK(said(problem, "a callback failed"));
  flashnas_problem_set_objective(problem, bowl, NULL);
  flashnas_problem_set_inequalities(problem, 1, failing_constraint, NULL);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_CALLBACK);
  flashnas_problem_set_inequalities(problem, 0, NULL, NULL);
  int asked = 0;
  CHECK(flashnas_options_set_stop(options, at_once, &asked) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_INTERRUPTED && asked > 0);
  flashnas_result_free(result);
  CHECK(flashnas_options_set_stop(options, NULL, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_options_set_number(options, "max-evaluations", 10) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_BUDGET && flashnas_result_evaluations(result) == 10);
  flashnas_result_free(result);
  flashnas_options_set_number(options, "max-evaluations", 1e6);
  CHECK(flashnas_options_set_number(options, "target", 0.01) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_TARGET);
  flashnas_result_free(result);
  CHECK(flashnas_minimize(problem, options, NULL) == FLASHNAS_USAGE && said(problem, "result"));
  CHECK(flashnas_minimize(problem, (flashnas_options *)problem, &result) == FLASHNAS_USAGE && said(problem, "handle"));
  CHECK(flashnas_minimize(NULL, options, &result) == FLASHNAS_USAGE && result == NULL);
  flashnas_options_free(options);
  flashnas_problem_free(problem);
}

static void integers(void) {
  const double lower[2] = {-10.5, -10}, upper[2] = {10.5, 10};
  const unsigned char both[2] = {1, 1}, one[2] = {1, 0};
  flashnas_problem *problem = unit_box();
  flashnas_options *options = flashnas_options_create();
  flashnas_result *result = NULL;
  double x[2], value;
  flashnas_problem_set_bounds(problem, lower, upper);
  CHECK(flashnas_problem_set_integers(problem, one) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_DONE);
  flashnas_result_point(result, 0, x, &value, NULL);
  CHECK(x[0] == 0 && fabs(x[1] - 0.3) < 1e-6);
  flashnas_result_free(result);
  CHECK(flashnas_options_set_word(options, "method", "hierarchical") == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_USAGE && said(problem, "real variable 1"));
  flashnas_problem_set_integers(problem, both);
  CHECK(flashnas_problem_set_inequalities(problem, 1, half, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_DONE);
  flashnas_result_point(result, 0, x, &value, NULL);
  CHECK(x[0] == 1 && x[1] == 0 && fabs(value - 0.58) < 1e-12);
  flashnas_result_free(result);
  CHECK(flashnas_problem_set_inequalities(problem, 1, failing_constraint, NULL) == FLASHNAS_DONE);
  CHECK(flashnas_minimize(problem, options, &result) == FLASHNAS_CALLBACK);
  flashnas_options_free(options);
  flashnas_problem_free(problem);
}

static void refused(void) {
  flashnas_problem *problem = unit_box(), *empty = flashnas_problem_create(0), *bare = flashnas_problem_create(1);
  flashnas_options *options = flashnas_options_create();
  flashnas_result *result = NULL;
  CHECK(flashnas_minimize(empty, NULL, &result) == FLASHNAS_USAGE && !silent(empty));
  flashnas_problem_set_objective(empty, bowl, NULL);
  CHECK(flashnas_minimize(empty, NULL, &result) == FLASHNAS_USAGE && said(empty, "variables: found none"));
  CHECK(flashnas_minimize(bare, NULL, &result) == FLASHNAS_USAGE && said(bare, "objective: missing"));
  CHECK(flashnas_problem_create(SIZE_MAX) == NULL && flashnas_problem_create(10001) == NULL);
  const double bad[][4] = {{0, 0, NAN, 1}, {0, NAN, 1, 1}, {1, 0, 0, 1}, {INFINITY, 0, INFINITY, 1}, {-INFINITY, 0, -INFINITY, 1}};
  for (int i = 0; i < 5; i++) {
    CHECK(flashnas_problem_set_bounds(problem, bad[i], bad[i] + 2) == FLASHNAS_DONE);
    CHECK(flashnas_minimize(problem, NULL, &result) == FLASHNAS_USAGE && said(problem, "bounds["));
  }
  const double low[2] = {0.2, -INFINITY}, high[2] = {0.8, 1};
  const unsigned char mask[2] = {1, 0}, other[2] = {0, 1};
  flashnas_problem_set_bounds(problem, low, high);
  flashnas_problem_set_integers(problem, mask);
  CHECK(flashnas_minimize(problem, NULL, &result) == FLASHNAS_USAGE && said(problem, "bounds[0]: an integer"));
  flashnas_problem_set_integers(problem, other);
  CHECK(flashnas_minimize(problem, NULL, &result) == FLASHNAS_USAGE && said(problem, "bounds[1]: an integer"));
  CHECK(flashnas_problem_set_bounds(problem, NULL, high) == FLASHNAS_USAGE && said(problem, "NULL"));
  CHECK(flashnas_problem_set_integers(problem, NULL) == FLASHNAS_USAGE);
  CHECK(flashnas_problem_set_objective(problem, NULL, NULL) == FLASHNAS_USAGE);
  CHECK(flashnas_problem_set_inequalities(problem, 1, NULL, NULL) == FLASHNAS_USAGE);
  CHECK(flashnas_problem_set_equalities(problem, SIZE_MAX, equal, NULL) == FLASHNAS_USAGE);
  CHECK(flashnas_problem_set_bounds(NULL, low, high) < 0 && flashnas_problem_set_integers(NULL, mask) < 0);
  CHECK(flashnas_problem_set_objective(NULL, bowl, NULL) < 0 && flashnas_problem_set_inequalities(NULL, 0, NULL, NULL) < 0);
  CHECK(flashnas_problem_set_equalities(NULL, 0, NULL, NULL) < 0);

  static const char *const names[] = {"max-evaluations", "max-time", "tolerance", "constraint-tolerance", "target",
                                      "iterations",      "points",   "seed"};
  for (int i = 0; i < 8; i++) {
    CHECK(flashnas_options_set_number(options, names[i], NAN) == FLASHNAS_USAGE && said(options, names[i]));
    CHECK(flashnas_options_set_number(options, names[i], INFINITY) == FLASHNAS_USAGE);
    if (i != 4) CHECK(flashnas_options_set_number(options, names[i], -1) == FLASHNAS_USAGE);
  }
  CHECK(flashnas_options_set_number(options, "seed", 0.5) == FLASHNAS_USAGE);
  CHECK(flashnas_options_set_number(options, "nothing", 1) == FLASHNAS_USAGE && said(options, "unknown number"));
  CHECK(flashnas_options_set_number(options, NULL, 1) == FLASHNAS_USAGE);
  CHECK(flashnas_options_set_word(options, "method", "newton") == FLASHNAS_USAGE && said(options, "shgo, hierarchical"));
  CHECK(flashnas_options_set_word(options, "sampling", "\xff") == FLASHNAS_USAGE);
  CHECK(flashnas_options_set_word(options, "local", NULL) == FLASHNAS_USAGE);
  CHECK(flashnas_options_set_word(options, "nothing", "x") == FLASHNAS_USAGE);
  CHECK(flashnas_options_set_number(NULL, "seed", 1) < 0 && flashnas_options_set_word(NULL, "method", "shgo") < 0);
  CHECK(flashnas_options_set_stop(NULL, NULL, NULL) < 0);
  CHECK(flashnas_options_set_word(options, "sampling", "sobol") == FLASHNAS_DONE);
  CHECK(flashnas_options_set_word(options, "local", "derivative-free") == FLASHNAS_DONE && silent(options));

  CHECK(flashnas_result_status(NULL) == FLASHNAS_USAGE && flashnas_result_count(NULL) == 0);
  CHECK(flashnas_result_point(NULL, 0, NULL, NULL, NULL) == FLASHNAS_USAGE);
  CHECK(flashnas_result_evaluations(NULL) == 0 && flashnas_result_iterations(NULL) == 0 && silent(NULL));
  /* A handle of another kind is refused, not believed. */
  CHECK(flashnas_evaluator_load((flashnas_evaluator *)options) == FLASHNAS_USAGE);
  CHECK(flashnas_result_count((flashnas_result *)options) == 0);
  flashnas_problem_free(NULL), flashnas_options_free(NULL), flashnas_result_free(NULL);
  flashnas_problem_free(problem), flashnas_problem_free(empty), flashnas_problem_free(bare);
  flashnas_options_free(options);
}

/* Threads: every function at once, each with handles of its own but for one evaluator. */

static void *thread(void *shared) {
  for (int i = 0; i < 3; i++) {
    double a[2], b[2];
    CHECK(flashnas_evaluate_batch(shared, points[0], 2, 9, a, NULL, NULL, NULL, NULL, NULL) == FLASHNAS_DONE);
    CHECK(batch(shared, points[0], 2, 9, b) == FLASHNAS_DONE && a[0] == b[0] && a[1] == b[1]);
    CHECK(batch(shared, points[0], 1, 8, b) == FLASHNAS_USAGE);
    flashnas_free(flashnas_message(shared));
    char *answer = NULL;
    CHECK(flashnas_query("{\"command\": \"search\"}", &answer) == FLASHNAS_DONE);
    flashnas_free(answer);
    flashnas_problem *problem = unit_box();
    flashnas_result *result = NULL;
    CHECK(flashnas_minimize(problem, NULL, &result) == FLASHNAS_DONE);
    flashnas_result_free(result);
    flashnas_problem_free(problem);
  }
  return NULL;
}

static void threads(void) {
  flashnas_evaluator *shared = flashnas_evaluator_create();
  pthread_t all[4];
  CHECK(flashnas_evaluator_load(shared) == FLASHNAS_DONE);
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&all[i], NULL, thread, shared) == 0);
  for (int i = 0; i < 4; i++) pthread_join(all[i], NULL);
  flashnas_evaluator_free(shared);
}

int main(void) {
  queries();
  designs();
  minima();
  integers();
  refused();
  threads();
  puts(failures ? "failed" : "all checks hold");
  return failures != 0;
}
