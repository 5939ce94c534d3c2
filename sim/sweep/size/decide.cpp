// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "sim/model/work.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/sweep/size/find.hpp"
#include "sim/sweep/size/size.hpp"

namespace braid {
namespace {

constexpr int kMostGpus = 1'000'000;
/// How many plans are played again. A replay of 16,384 GPUs takes 100 s of a core, of 512 GPUs less than a second.
constexpr int kRefined = 20, kRefinedOfMany = 3, kMany = 4096;
/// Hoffmann et al. 2022 (arXiv 2203.15556): a model of N parameters is best trained on about 20 N tokens.
constexpr double kTokensPerParameter = 20;
/// Llama 3 405B: 8192 tokens a sequence, 16 M tokens a step (arXiv 2407.21783, sections 3.3.2 and 3.4.1).
constexpr int kSequence = 8192;
constexpr double kLargeModel = 100e9, kLargeBatch = 16e6, kBatch = 4e6;
/// A batch may move by so much for the sake of being divided.
constexpr double kBatchSlack = 0.05;

void decide_tokens(const SizeRequest& request, SizeTask& task) {
  const double parameters = total_parameters(task.model);
  task.tokens = request.tokens.value_or(kTokensPerParameter * parameters);
  if (request.tokens) return;
  task.assumptions.push_back(
      fmt::format("tokens: {} = 20 for each of {} parameters (Hoffmann et al., arXiv 2203.15556); --tokens",
                  short_count(task.tokens), short_count(parameters)));
}

void decide_sequence(const SizeRequest& request, SizeTask& task) {
  const bool learned = task.model.positions == PositionKind::learned;
  task.sequence = request.sequence.value_or(learned ? task.model.learned_positions : kSequence);
  if (task.sequence < 1) throw Error("--sequence", fmt::format("{} is not at least 1", task.sequence));
  if (request.sequence) return;
  task.assumptions.push_back(fmt::format("sequence: {} tokens ({}); --sequence", task.sequence,
                                         learned ? "as many as the model has positions" : "as Llama 3"));
}

std::int64_t odd_part(std::int64_t n) {
  while (n % 2 == 0) n /= 2;
  return n;
}

int powers_of_two_in(std::int64_t n) {
  int count = 0;
  for (; n % 2 == 0; n /= 2) ++count;
  return count;
}

/// Samples near `wanted` that most plans can divide: a multiple of the GPUs' odd part if there is one, then as often
/// even as can be, then the nearest.
std::int64_t divisible_batch(double wanted, std::int64_t odd) {
  const auto least = static_cast<std::int64_t>(std::ceil(wanted * (1 - kBatchSlack)));
  const auto most = static_cast<std::int64_t>(std::floor(wanted * (1 + kBatchSlack)));
  std::int64_t best = std::max<std::int64_t>(1, std::llround(wanted));
  const auto rank = [&](std::int64_t n) {
    return std::tuple(n % odd == 0, powers_of_two_in(n), -std::abs(static_cast<double>(n) - wanted));
  };
  for (std::int64_t n = std::max<std::int64_t>(1, least); n <= most; ++n) {
    if (rank(n) > rank(best)) best = n;
  }
  return best;
}

void decide_batch(const SizeRequest& request, SizeTask& task) {
  const bool large = total_parameters(task.model) > kLargeModel;
  const double wanted = request.batch_tokens.value_or(large ? kLargeBatch : kBatch) / task.sequence;
  std::int64_t odd = 1;
  for (const OfferedCluster& offer : task.offers) odd = std::lcm(odd, odd_part(offer.cluster.gpus()));
  if (wanted > 1e8) throw Error("--batch", fmt::format("{:.3g} sequences a step are beyond all reason", wanted));
  if (wanted < 1) {
    throw Error("--batch", fmt::format("{} tokens are less than one sequence of {}; write {} or more, or a shorter "
                                       "--sequence",
                                       short_count(wanted * task.sequence), task.sequence, task.sequence));
  }
  task.batch_samples = divisible_batch(wanted, odd);
  const std::string made = fmt::format("{} sequences of {} = {} tokens", task.batch_samples, task.sequence,
                                       short_count(task.batch_tokens()));
  if (!request.batch_tokens) {
    task.assumptions.push_back(fmt::format("batch: {} a step ({}, arXiv 2407.21783); --batch", made,
                                           large ? "as Llama 3 405B ended" : "as Llama 3 405B began"));
  } else if (task.batch_tokens() != *request.batch_tokens) {
    task.assumptions.push_back(
        fmt::format("batch: {} a step, the nearest to {} that divides well", made, short_count(*request.batch_tokens)));
  }
}

/// Short where it lies below the folder that one works in.
std::string shown(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path near = std::filesystem::proximate(path, ignored);
  return near.empty() || *near.begin() == ".." ? path : near.string();
}

void decide_offers(const SizeRequest& request, const std::string& folder, SizeTask& task) {
  if (request.offers.empty()) throw Error("--gpus", "which GPUs? Write for example --gpus h100:512");
  for (const GpuOffer& asked : request.offers) {
    OfferedCluster offer = find_cluster(asked, folder);
    offer.profile = find_profile(request.profile, offer.cluster.gpu, folder);
    const Cluster& c = offer.cluster;
    if (request.budget && c.gpu_hour_price > 0 && c.currency != request.budget->currency) {
      throw Error("--budget",
                  fmt::format("is in {}, but {} is priced in {}", request.budget->currency, offer.path, c.currency));
    }
    if (request.budget && c.gpu_hour_price <= 0) {
      throw Error("--budget", fmt::format("{} has no price to hold it against; give it gpu_hour_price and price_source",
                                          offer.path));
    }
    const std::string name = c.gpu.name;
    const std::string line =
        fmt::format("costs of {}: {}; --profile", name,
                    offer.profile.empty() ? "data-sheet rules, nothing measured" : shown(offer.profile));
    std::vector<std::string>& told = task.assumptions;
    if (std::find(told.begin(), told.end(), line) == told.end()) told.push_back(line);
    task.offers.push_back(std::move(offer));
  }
}

void decide_refined(const SizeRequest& request, SizeTask& task) {
  if (task.refine < 0) throw Error("--refine", "is how many of the best are played again, 0 or more");
  const bool many = std::any_of(task.offers.begin(), task.offers.end(),
                                [](const OfferedCluster& offer) { return offer.cluster.gpus() > kMany; });
  if (request.refine || !many) return;
  task.refine = kRefinedOfMany;
  task.assumptions.push_back(
      fmt::format("replayed on the network: the best {}, since replays of more than {} GPUs take "
                  "minutes; --refine",
                  kRefinedOfMany, grouped(kMany)));
}

void decide_memory_margin(const SizeRequest& request, SizeTask& task) {
  task.memory_margin = request.memory_margin.value_or(kMemoryMargin);
  for (const OfferedCluster& offer : task.offers) {
    const double memory = offer.cluster.gpu.memory.value;
    if (memory <= 0 || task.memory_margin < memory) continue;
    throw Error("--memory-margin",
                fmt::format("{:.4g} GB leave nothing of the {:.4g} GB of a {}; write for example 6GB",
                            task.memory_margin / 1e9, memory / 1e9, offer.cluster.gpu.name));
  }
  task.assumptions.push_back(fmt::format(
      "memory: {:.4g} GB of each GPU stay free{}; --memory-margin", task.memory_margin / 1e9,
      request.memory_margin ? ""
                            : " for CUDA context (0.5), NCCL's buffers (1.5) and fragmentation (4), which are not "
                              "simulated: guesses"));
}

void decide_schedules(const SizeRequest& request, SizeTask& task) {
  task.schedules = request.schedules;
  std::vector<std::string> known;
  for (const GeneratorEntry& entry : generators()) known.push_back(entry.name);
  for (const std::string& name : task.schedules) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest_word(name, known);
    throw Error("--schedules",
                fmt::format("there is no '{}'; {}", name,
                            near.empty() ? "`braid list schedules` names them" : "did you mean " + near + "?"));
  }
  if (task.schedules.empty()) task.schedules.assign(std::begin(kSizedSchedules), std::end(kSizedSchedules));
}

}  // namespace

std::vector<GpuOffer> parse_offers(const std::string& text, const std::string& where) {
  const auto complain = [&](const std::string& why) {
    throw Error(where, fmt::format("'{}': {}; write for example h100:512 or h100:256,512", text, why));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) complain("how many GPUs of which kind?");
  std::vector<GpuOffer> offers;
  const char* at = text.data() + colon + 1;
  const char* const end = text.data() + text.size();
  while (true) {
    int count = 0;
    const auto [behind, fault] = std::from_chars(at, end, count);
    if (fault != std::errc() || count < 1 || count > kMostGpus) {
      complain(fmt::format("a number of GPUs is a whole one from 1 to {}", kMostGpus));
    }
    offers.push_back({.gpu = text.substr(0, colon), .count = count});
    if (behind == end) return offers;
    if (*behind != ',') complain("numbers are parted by commas");
    at = behind + 1;
  }
}

SizeTask decide(const SizeRequest& request, const std::string& folder) {
  SizeTask task{.deadline_s = request.deadline_s,
                .budget = request.budget,
                .availability = request.availability.value_or(1),
                .refine = request.refine.value_or(kRefined)};
  task.model_path = find_model(request.model, folder);
  task.model = read_model(task.model_path);
  if (!(task.availability > 0 && task.availability <= 1)) {
    throw Error("--availability", fmt::format("{:g} is no share of the time: above 0, at most 1", task.availability));
  }
  decide_tokens(request, task);
  decide_sequence(request, task);
  decide_offers(request, folder, task);
  decide_batch(request, task);
  decide_memory_margin(request, task);
  decide_refined(request, task);
  if (task.tokens < task.batch_tokens()) {
    throw Error("--tokens", fmt::format("{} tokens are less than one step, which takes {}; write for example 15T",
                                        short_count(task.tokens), short_count(task.batch_tokens())));
  }
  decide_schedules(request, task);
  if (!request.availability) {
    task.assumptions.push_back("availability: it trains all the time, no failures, no checkpoints; --availability");
  }
  return task;
}

}  // namespace braid
