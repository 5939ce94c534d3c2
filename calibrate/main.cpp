// SPDX-License-Identifier: Apache-2.0
// braid-calibrate: measures what transformer units cost on the GPU at hand, and writes one CSV per sweep.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#if BRAID_HAVE_CUDA
#include "calibrate/device/check.hpp"
#include "calibrate/sweep/bench.hpp"
#endif

namespace {

struct Sweep {
  const char* name;
  void (*run)(braid::gpu::Bench&, const braid::Budget&);
};
constexpr Sweep kSweeps[] = {
    {"launch", braid::gpu::sweep_launch},       {"gemm", braid::gpu::sweep_gemm},
    {"grid", braid::gpu::sweep_grid},           {"memory", braid::gpu::sweep_memory},
#if BRAID_HAVE_CUDNN
    {"attention", braid::gpu::sweep_attention}, {"layer", braid::gpu::sweep_layer},
#endif
    {"overlap", braid::gpu::sweep_overlap},     {"copy", braid::gpu::sweep_copy},
    {"power", braid::gpu::sweep_power},         {"partition", braid::gpu::sweep_partition},
#if BRAID_HAVE_CUDNN && BRAID_HAVE_NCCL
    {"braid", braid::gpu::sweep_braid},
#endif
};

int usage(const char* why) {
  std::fprintf(stderr,
               "braid-calibrate: %s\nusage: braid-calibrate SWEEP... --out DIR [--seconds S] [--quick] [--shape "
               "I]\nsweeps: check",
               why);
  for (const auto& s : kSweeps) std::fprintf(stderr, " %s", s.name);
  std::fprintf(stderr, "\n--seconds is each sweep's allowance; what is measured by then is kept\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> names;
  std::string out;
  double seconds = 60;
  bool quick = false;
  int shape = -1;
  for (int i = 1; i < argc; ++i) {
    const std::string a = argv[i];
    const bool more = i + 1 < argc;
    if (a == "--out" && more)
      out = argv[++i];
    else if (a == "--seconds" && more)
      seconds = std::stod(argv[++i]);
    else if (a == "--shape" && more)
      shape = std::stoi(argv[++i]);
    else if (a == "--quick")
      quick = true;
    else if (a.starts_with("-"))
      return usage(("unknown option " + a).c_str());
    else
      names.push_back(a);
  }
  if (names.empty() || out.empty()) return usage("names of sweeps and --out are needed");
  for (const auto& n : names)
    if (n != "check" &&
        std::none_of(std::begin(kSweeps), std::end(kSweeps), [&](const Sweep& s) { return n == s.name; }))
      return usage(("no sweep named " + n).c_str());
  if (!braid::gpu::gpu_count()) {
    std::printf("SKIP: no GPU\n");
    return 77;
  }
  std::filesystem::create_directories(out);
  braid::gpu::Bench bench{.out = out, .quick = quick, .shape = shape};
  int bad = 0;
  for (const auto& n : names) {
    if (n == "check") bad += braid::gpu::check_numerics(bench);
    for (const auto& s : kSweeps)
      if (n == s.name) s.run(bench, braid::Budget(seconds));
  }
  if (bad) std::fprintf(stderr, "braid-calibrate: %d numerical checks failed\n", bad);
  return bad ? 1 : 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "braid-calibrate: %s\n", e.what());
  return 2;
}
