// Designs evaluated from several threads through handles that free themselves, and a callback that throws.
#include <flashnas.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

template <typename T, void (*Free)(T *)>
struct Freed {
  void operator()(T *pointer) const { Free(pointer); }
};
using Text = std::unique_ptr<char, Freed<char, flashnas_free>>;
using Evaluator = std::unique_ptr<flashnas_evaluator, Freed<flashnas_evaluator, flashnas_evaluator_free>>;
using Problem = std::unique_ptr<flashnas_problem, Freed<flashnas_problem, flashnas_problem_free>>;

static void check(int code, const void *handle) {
  if (code > 0) return;
  Text message(flashnas_message(handle));
  throw std::runtime_error(message ? message.get() : "failed");
}

// The accuracy of networks of one width each, from two threads on one evaluator.
static std::vector<double> accuracies(flashnas_evaluator *designs, const std::vector<std::int64_t> &points) {
  constexpr std::size_t variables = 9;
  const std::size_t count = points.size() / variables, half = count / 2;
  std::vector<double> accuracy(count);
  auto part = [&](std::size_t from, std::size_t to) {
    check(flashnas_evaluate_batch(designs, &points[from * variables], to - from, variables, &accuracy[from], nullptr,
                                  nullptr, nullptr, nullptr, nullptr),
          designs);
  };
  std::thread other(part, half, count);
  part(0, half);
  other.join();
  return accuracy;
}

// A callback must not throw through the library: it keeps the exception and fails.
struct Caller {
  std::exception_ptr thrown;
  static int objective(std::size_t, const double *x, double *value, void *data) {
    auto self = static_cast<Caller *>(data);
    try {
      if (x[0] > 0.5) throw std::domain_error("beyond what was measured");
      *value = x[0];
      return 0;
    } catch (...) {
      self->thrown = std::current_exception();
      return 1;
    }
  }
};

int main() try {
  Evaluator designs(flashnas_evaluator_create());
  check(flashnas_evaluator_set(designs.get(), "space", "dense3-fashion"), designs.get());
  check(flashnas_evaluator_load(designs.get()), designs.get());
  std::vector<std::int64_t> points;
  for (std::int64_t width = 5; width <= 12; ++width)
    points.insert(points.end(), {width, 7, 12, 2 * width, 7, 24, 4 * width, 7, 48});
  double last = 0;
  for (double accuracy : accuracies(designs.get(), points)) {
    std::printf("%.4f\n", accuracy);
    if (accuracy < last) throw std::logic_error("a wider network was foretold to be worse");
    last = accuracy;
  }

  Caller caller;
  Problem problem(flashnas_problem_create(1));
  const double lower = 0, upper = 1;
  check(flashnas_problem_set_bounds(problem.get(), &lower, &upper), problem.get());
  check(flashnas_problem_set_objective(problem.get(), Caller::objective, &caller), problem.get());
  flashnas_result *result = nullptr;
  if (flashnas_minimize(problem.get(), nullptr, &result) != FLASHNAS_CALLBACK) return 1;
  try {
    std::rethrow_exception(caller.thrown);
  } catch (const std::domain_error &error) {
    std::printf("%s\n", error.what());
  }
  return 0;
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
