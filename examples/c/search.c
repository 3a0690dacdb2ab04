/* Answers the shipped question, and evaluates a few designs of it around the middle of the space. */
#include <flashnas.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, const void *handle) {
  char *message = flashnas_message(handle);
  fprintf(stderr, "%s: %s\n", what, message ? message : "failed");
  flashnas_free(message);
  exit(1);
}

int main(void) {
  char *answer = NULL;
  int code = flashnas_query(
      "{\"id\": \"default\", \"command\": \"search\", \"options\": {\"no-timing\": true}}", &answer);
  puts(answer ? answer : "no memory");
  flashnas_free(answer);
  if (code != FLASHNAS_DONE) return 1;

  flashnas_evaluator *designs = flashnas_evaluator_create();
  if (flashnas_evaluator_set(designs, "space", "dense3-fashion") < 0) fail("space", designs);
  if (flashnas_evaluator_set(designs, "hardware", "systolic-ws-32x32") < 0) fail("hardware", designs);
  if (flashnas_evaluator_load(designs) < 0) fail("models", designs);

  /* width, depth and skip of three cells */
  const int64_t points[3][9] = {
      {8, 7, 12, 16, 7, 24, 32, 7, 48}, {8, 6, 12, 16, 6, 24, 32, 6, 48}, {8, 5, 12, 16, 5, 24, 32, 5, 48}};
  double accuracy[3], latency_s[3], energy_j[3], area_mm2[3];
  if (flashnas_evaluate_batch(designs, points[0], 3, 9, accuracy, latency_s, energy_j, area_mm2, NULL, NULL) < 0)
    fail("designs", designs);
  for (int i = 0; i < 3; i++)
    printf("depth %" PRId64 ": accuracy %.4f, latency %.3f us, energy %.3f uJ, area %.4f mm2\n", points[i][1],
           accuracy[i], latency_s[i] * 1e6, energy_j[i] * 1e6, area_mm2[i]);
  flashnas_evaluator_free(designs);
  return 0;
}
