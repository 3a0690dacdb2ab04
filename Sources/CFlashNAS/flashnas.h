/* flashnas.h: flashnas as a C library.
 *
 * Three things are here: any question of the command line as a line of JSON, designs of a question evaluated in batches
 * of plain arrays, and minimisation of functions that the caller has.
 *
 * Codes. A function that can fail returns a code: positive for an ending that has an answer, negative for a failure.
 * What went wrong is told in words, one line: of a query in its answer, of anything else by flashnas_message of the
 * handle that was passed first.
 *
 * Memory. A handle is freed by the function of its name, once, and not used after. A char * that is returned or set is
 * the caller's, freed by flashnas_free. Arrays are the caller's throughout and are not kept. NULL is never freed and
 * never followed: it is an error, or what a comment says it means.
 *
 * Threads. Functions may be called from several threads at once, on one handle too where a comment says so; else a
 * handle is one thread's at a time. Nothing is remembered between calls but in handles. The library has no state of its
 * own, but for one thing: the first fit turns the abort handler of the GNU Scientific Library off, in the whole process
 * where GSL is shared with it. No signal handler is set, and nothing is printed.
 *
 * Callbacks are called on the thread of the caller, never after the function that took them has returned. They must not
 * throw and not jump out: they return a failure instead.
 *
 * Data. Spaces, profiles and problems by name are found in the folder that the environment variable FLASHNAS_DATA names,
 * else in share/flashnas of the prefix that the library is installed in.
 *
 * Versions. A program may go on with a library of the same FLASHNAS_ABI (the number in the soname, libflashnas.so.0);
 * functions and option names may be added within it, and none changes.
 */
#ifndef FLASHNAS_H
#define FLASHNAS_H

#include <stddef.h>
#include <stdint.h>

#define FLASHNAS_VERSION "0.1.0"
#define FLASHNAS_ABI 0

#ifdef __cplusplus
extern "C" {
#endif

/* Endings with an answer. */
#define FLASHNAS_DONE 1        /* done; of flashnas_minimize: finer searches brought nothing more */
#define FLASHNAS_INFEASIBLE 2  /* no feasible point: the answer has the closest */
#define FLASHNAS_INTERRUPTED 3 /* the caller asked to stop: the answer has the best so far */
#define FLASHNAS_TARGET 4      /* the objective reached the target */
#define FLASHNAS_ITERATIONS 5  /* the iterations asked for were done */
#define FLASHNAS_BUDGET 6      /* as many evaluations as allowed were done */
#define FLASHNAS_TIME_LIMIT 7  /* the time was over */
#define FLASHNAS_UNBOUNDED 8   /* the objective falls for ever towards an open end of the bounds */
#define FLASHNAS_PARTIAL 9     /* an answer, but some of several files were wrong */

/* Failures. */
#define FLASHNAS_FAILED -1     /* the run failed: a full disk, an engine that is absent */
#define FLASHNAS_CALLBACK -2   /* a callback failed */
#define FLASHNAS_USAGE -64     /* wrong usage: an option, a value, NULL, a size */
#define FLASHNAS_DATA -65      /* something is wrong in or about a file, or the text is not JSON */

/* The version of the library, which may be newer than this header's: "0.1.0". Not to be freed. */
const char *flashnas_version(void);

/* Frees a text that the library made; NULL is nothing. */
void flashnas_free(char *text);

/* Asked now and then whether to stop with the best so far: any number but 0 stops. */
typedef int (*flashnas_stop)(void *data);

/* Queries */

/* Answers a question of the command line, as `flashnas serve` does: json is
 * {"id": 7, "command": "search", "options": {"min-accuracy": "86%"}}, and *answer becomes
 * {"id":7,"result":{…}} or {"id":7,"error":{"code":65,"message":"…"}}, also where the question is not understood.
 * Safe from several threads. */
int flashnas_query(const char *json, char **answer);

/* The same, with a question of the library to the caller in between; stop may be NULL. */
int flashnas_query_until(const char *json, flashnas_stop stop, void *data, char **answer);

/* Designs in batches */

/* The designs of one question: what `flashnas search` with the same options searches through. */
typedef struct flashnas_evaluator flashnas_evaluator;

/* NULL never. */
flashnas_evaluator *flashnas_evaluator_create(void);
void flashnas_evaluator_free(flashnas_evaluator *evaluator);

/* Adds an option of `flashnas search`, its name without dashes, such as ("space", "dense3-fashion"). An option that may
 * be repeated is set several times; value is NULL for one that has none, such as "unbounded". Files are read, and values
 * checked, when the models are loaded. */
int flashnas_evaluator_set(flashnas_evaluator *evaluator, const char *option, const char *value);

/* Reads the models. Options that are set later need another load; without a load the first evaluation loads. */
int flashnas_evaluator_load(flashnas_evaluator *evaluator);

/* The variables of a point, in order: how many (0 before a load), and their names (NULL out of range). Safe from
 * several threads. */
size_t flashnas_evaluator_variables(const flashnas_evaluator *evaluator);
char *flashnas_evaluator_variable(const flashnas_evaluator *evaluator, size_t index);

/* Evaluates count points of as many variables each, one after the other in points. A number is the variable's value, or
 * the place in its list, from 0, of a word or of a hardware parameter's value.
 *
 * Each array of results has count places, or is NULL where it is not wanted. accuracy is from 0 to 1; objective in its
 * own direction; violation is by how much bounds are missed in all, each in parts of its limit, 0 where all are kept.
 * NaN stands where no model gives a value. Of several targets each value is of the worst. Values are those of a search
 * within 1e-12 of themselves. Where a point is wrong nothing is written, and the message tells which.
 *
 * count 0 is done at once. Safe from several threads on one evaluator that is loaded. */
int flashnas_evaluate_batch(flashnas_evaluator *evaluator, const int64_t *points, size_t count, size_t variables,
                            double *accuracy, double *latency_s, double *energy_j, double *area_mm2,
                            double *objective, double *violation);

/* Minimisation: f(x) least, with c(x) <= 0 and h(x) = 0 within bounds, over real and integer variables */

typedef struct flashnas_problem flashnas_problem;
typedef struct flashnas_options flashnas_options;
typedef struct flashnas_result flashnas_result;

/* f at x of n variables; returns 0, or anything else where it fails, which ends the search. A value that is infinite or
 * not a number makes the point infeasible. */
typedef int (*flashnas_objective)(size_t n, const double *x, double *value, void *data);

/* m constraints at x of n variables, into values; returns as an objective does. */
typedef int (*flashnas_constraints)(size_t n, const double *x, size_t m, double *values, void *data);

/* A problem of real variables without bounds; NULL above 10 000 variables. */
flashnas_problem *flashnas_problem_create(size_t variables);
void flashnas_problem_free(flashnas_problem *problem);

/* The ends of the variables, as many as the problem has of each; infinite where there is none. x lies within them. */
int flashnas_problem_set_bounds(flashnas_problem *problem, const double *lower, const double *upper);

/* Which variables are integers: as many bytes as variables, 0 for a real one. Integers have finite bounds. */
int flashnas_problem_set_integers(flashnas_problem *problem, const unsigned char *mask);

int flashnas_problem_set_objective(flashnas_problem *problem, flashnas_objective objective, void *data);

/* count values, each to be at most 0, and to be 0; a count of 0 takes them away. At most 10 000. */
int flashnas_problem_set_inequalities(flashnas_problem *problem, size_t count, flashnas_constraints c, void *data);
int flashnas_problem_set_equalities(flashnas_problem *problem, size_t count, flashnas_constraints h, void *data);

/* The defaults. */
flashnas_options *flashnas_options_create(void);
void flashnas_options_free(flashnas_options *options);

/* Numbers:
 *   max-evaluations       points evaluated at most, 1 or more (default: without end)
 *   max-time              seconds at most, above 0 (without end)
 *   tolerance             how exact a local search is, in parts of the bounds, and how near to the target is there (1e-8)
 *   constraint-tolerance  what c and |h| may exceed 0 by, in their own units (1e-8)
 *   target                the search ends where f is as small (none)
 *   iterations            levels to search, 1 to 64 (as many as bring something)
 *   points                vertices that a level adds at least, 1 to 1 000 000 (128)
 *   seed                  an integer from 0 to 2^53 (0) */
int flashnas_options_set_number(flashnas_options *options, const char *name, double value);

/* Words:
 *   method    shgo (default), or hierarchical: integers alone, at most 20 that are not fixed
 *   sampling  simplicial (default), or sobol: at most 40 variables that are not fixed
 *   local     smooth (default: derivatives by differences), or derivative-free */
int flashnas_options_set_word(flashnas_options *options, const char *name, const char *value);

/* A question of the search to the caller; NULL takes it away. */
int flashnas_options_set_stop(flashnas_options *options, flashnas_stop stop, void *data);

/* Minimises. options may be NULL for the defaults. *result is set for a positive code, else NULL; a failure's message is
 * the problem's. Safe from several threads on one problem and one set of options, where the callbacks are. */
int flashnas_minimize(flashnas_problem *problem, const flashnas_options *options, flashnas_result **result);
void flashnas_result_free(flashnas_result *result);

/* The code that flashnas_minimize returned with the result. */
int flashnas_result_status(const flashnas_result *result);

/* The points found: the best one first, where there is any, then the other local minima. */
size_t flashnas_result_count(const flashnas_result *result);

/* A point, into x of as many numbers as the problem has variables, f there, and the sum of what its constraints are off
 * by beyond the tolerance: 0 where it is feasible. Each may be NULL. f is NaN where it was not asked for. */
int flashnas_result_point(const flashnas_result *result, size_t index, double *x, double *value, double *violation);

/* Points evaluated, and levels searched. */
int64_t flashnas_result_evaluations(const flashnas_result *result);
int64_t flashnas_result_iterations(const flashnas_result *result);

/* Why the last call on a handle failed, in one line, to be freed by flashnas_free; NULL where it did not. handle is any
 * of the above. */
char *flashnas_message(const void *handle);

#ifdef __cplusplus
}
#endif

#endif
