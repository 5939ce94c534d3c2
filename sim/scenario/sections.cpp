// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/sections.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "sim/scenario/toml_tree.hpp"

namespace braid {
namespace {

// Bounds: far above any job that exists, far below where the 8- and 16-bit fields of an OpKey overflow.
constexpr int kMostRanks = 65536, kMostStages = 4096, kMostChunks = 64, kMostMicrobatches = 32767;
constexpr int kMostSamples = 65536, kMostTokens = 100'000'000, kMostLayers = 10000;
constexpr double kMostBytesPerParameter = 64, kMostSlowness = 1000;
constexpr Range<Bytes> kBucket{Bytes(0), Bytes(1e13)};

constexpr std::pair<const char*, RankOrder> kRankOrders[] = {{"tp-dp-pp", RankOrder::tp_dp_pp},
                                                             {"tp-pp-dp", RankOrder::tp_pp_dp},
                                                             {"pp-tp-dp", RankOrder::pp_tp_dp},
                                                             {"dp-tp-pp", RankOrder::dp_tp_pp}};
constexpr std::pair<const char*, Recompute> kRecomputes[] = {
    {"none", Recompute::none}, {"selective", Recompute::selective}, {"full", Recompute::full}};
constexpr std::pair<const char*, DataParallel> kDataParallels[] = {{"all_reduce", DataParallel::all_reduce},
                                                                   {"zero1", DataParallel::zero1}};
constexpr std::pair<const char*, P2pMode> kP2pModes[] = {
    {"eager", P2pMode::eager}, {"batched", P2pMode::batched}, {"blocking", P2pMode::blocking}};
constexpr std::pair<const char*, AsyncAllReduce> kAsyncAllReduces[] = {
    {"none", AsyncAllReduce::none}, {"column", AsyncAllReduce::column}, {"whole", AsyncAllReduce::whole}};

constexpr std::string_view kFile = "file:";

void optional_integer(Fields& fields, const char* key, std::optional<int>& out, Range<int> range) {
  int value = 0;
  fields.integer(key, value, range);
  if (value != 0) out = value;
}

}  // namespace

Plan plan_of(const toml::table& table, Reading& reading) {
  Fields f(table, "plan", reading);
  Plan plan;
  f.integer("tp", plan.tp, {1, kMostRanks}, Need::required);
  f.integer("pp", plan.pp, {1, kMostStages}, Need::required);
  f.integer("dp", plan.dp, {1, kMostRanks});
  f.choice<RankOrder>("rank_order", plan.rank_order, kRankOrders);
  f.integer("microbatches", plan.microbatches, {1, kMostMicrobatches}, Need::required);
  f.integer("microbatch_size", plan.microbatch_size, {1, kMostSamples});
  f.integer("sequence", plan.sequence, {1, kMostTokens}, Need::required);
  f.flag("sequence_parallel", plan.sequence_parallel);
  f.integer("last_stage_fewer_layers", plan.last_stage_fewer_layers, {0, kMostLayers});
  f.integers("layers_per_stage", plan.layers_per_stage, {1, kMostLayers});
  f.choice<Recompute>("recompute", plan.recompute, kRecomputes);
  f.flag("fold", plan.fold);
  f.finish();
  return plan;
}

StepEnd step_end_of(const toml::table& table, Reading& reading) {
  Fields f(table, "step_end", reading);
  StepEnd end;
  f.choice<DataParallel>("data_parallel", end.data_parallel, kDataParallels);
  f.bytes("bucket", end.bucket, kBucket);
  f.flag("overlap", end.overlap);
  f.flag("optimizer", end.optimizer);
  f.number("gradient_bytes", end.gradient_bytes, {0, kMostBytesPerParameter});
  f.number("optimizer_bytes", end.optimizer_bytes, {0, kMostBytesPerParameter});
  f.finish();
  return end;
}

Noise noise_of(const toml::table& table, Reading& reading) {
  Fields f(table, "noise", reading);
  Noise noise;
  int seed = 0;
  f.integer("seed", seed, {0, 2147483647});
  noise.seed = static_cast<std::uint64_t>(seed);
  f.number("jitter", noise.jitter, {0, 1});
  int index = 0;
  for (const toml::table* entry : f.tables("slow_ranks")) {
    Fields slow(*entry, fmt::format("noise.slow_ranks.{}", index++), reading);
    int rank = 0;
    double factor = 1;
    slow.integer("rank", rank, {0, 2147483647}, Need::required);
    slow.number("factor", factor, {1 / kMostSlowness, kMostSlowness}, Need::required);
    slow.finish();
    noise.slow_ranks.emplace_back(rank, factor);
  }
  f.finish();
  return noise;
}

Run run_of(const toml::table& table, const std::string& prefix, Reading& reading) {
  Fields f(table, prefix, reading);
  Run run;
  f.text("schedule", run.schedule, Need::required);
  run.label = run.schedule;
  if (run.schedule.starts_with(kFile)) {
    const std::string path = run.schedule.substr(kFile.size());
    run.schedule = std::string(kFile) + resolved_path(path, table.get("schedule")->source());
    run.label = std::filesystem::path(path).stem().string();
  }
  f.text("label", run.label);
  optional_integer(f, "chunks", run.chunks, {1, kMostChunks});
  optional_integer(f, "group", run.group, {1, kMostMicrobatches});
  optional_integer(f, "memory_limit", run.memory_limit, {1, 1'000'000});
  f.choice<P2pMode>("p2p", run.p2p, kP2pModes);
  f.flag("p2p_host_waits", run.p2p_host_waits);
  f.flag("p2p_scatter_gather", run.p2p_scatter_gather);
  f.choice<AsyncAllReduce>("async_all_reduce", run.async_all_reduce, kAsyncAllReduces);
  f.flag("join_adjacent_w", run.join_adjacent_w);
  f.finish();
  return run;
}

}  // namespace braid
