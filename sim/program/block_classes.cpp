// SPDX-License-Identifier: Apache-2.0
#include "sim/program/block_classes.hpp"

#include <map>

namespace braid {
namespace {

/// What decides which units an action issues: its type, its layers, the ends of the model.
int kind_of(ActionType type, const StageLayers& layers) {
  return layers.count * 16 + static_cast<int>(type) * 4 + (layers.has_embedding ? 2 : 0) + (layers.has_head ? 1 : 0);
}

/// Set in the name of a side that is the last to add to its stage's gradients, where that matters.
constexpr int kLast = 1 << 24;

/// Counts down to the blocks in which the gradients of a stage become whole.
class LastGradients {
 public:
  LastGradients(const std::vector<Block>& row, const Scenario& scenario) {
    const StepEnd& end = scenario.step_end;
    if (scenario.plan.dp == 1 || !end.overlap || end.bucket == Bytes(0)) return;
    for (const Block& block : row) {
      for (const Action& action : block.actions) left_[action.stage] += has_weights(action) ? 1 : 0;
    }
  }
  bool made_by(const Action& action) { return !left_.empty() && has_weights(action) && --left_[action.stage] == 0; }

 private:
  static bool has_weights(const Action& action) { return action.type == ActionType::W || action.type == ActionType::B; }
  std::map<int, int> left_;  ///< by stage
};

BlockClass issued(const std::array<int, 2>& kind, const std::vector<BlockClass::Side>& sides, const Scenario& scenario,
                  const Run& run, UnitWorks& works) {
  BlockClass made{.sides = sides, .gradients = {}, .kind = kind, .units = {}};
  // Each side is a stage of its own, on one rank, with a microbatch of its own: nothing passes between them.
  Block block;
  std::vector<StageLayers> stages;
  Schedule alone{.name = "block", .microbatches = static_cast<int>(sides.size())};
  for (const BlockClass::Side& side : sides) {
    const int number = static_cast<int>(stages.size());
    block.actions.push_back({side.type, number, number});
    stages.push_back(side.layers);
    alone.rank_of_stage.push_back(0);
  }
  alone.rows = {{{block.actions}}};
  Program program;
  program.ranks.resize(1);
  const Transfers none;
  RankBuilder builder(program, 0, alone, none, 0);
  BlockIssuer issuer(builder, scenario.plan, run.async_all_reduce, stages, works,
                     [&](int number, const Item& item, std::uint32_t op) {
                       const auto side = static_cast<std::size_t>(number);
                       if ((kind[side] & kLast) == 0) return;
                       made.gradients.push_back({.side = side, .layer = item.layer, .unit = item.unit, .op = op});
                     });
  const std::vector<Stream> streams = issuer.issue(block, std::vector(sides.size(), kNoOp), kNoOp);
  for (std::size_t s = 0; s < streams.size(); ++s) {
    made.sides[s].entry = streams[s].entry;
    if (sides[s].type != ActionType::W) made.sides[s].exit = streams[s].chain;
  }
  made.units = std::move(program.ranks.front());
  return made;
}

}  // namespace

BlockClasses block_classes(const std::vector<std::vector<Block>>& blocks, const std::vector<StageLayers>& stages,
                           const Scenario& scenario, const Run& run, UnitWorks& works) {
  BlockClasses classes;
  std::map<std::array<int, 2>, std::uint16_t> known;
  classes.of.resize(blocks.size());
  for (std::size_t rank = 0; rank < blocks.size(); ++rank) {
    LastGradients last(blocks[rank], scenario);
    for (const Block& block : blocks[rank]) {
      std::array<int, 2> key{-1, -1};
      for (std::size_t a = 0; a < block.actions.size(); ++a) {
        const Action& action = block.actions[a];
        key[a] = kind_of(action.type, stages[static_cast<std::size_t>(action.stage)]);
        if (last.made_by(action)) key[a] |= kLast;
      }
      const auto [at, fresh] = known.try_emplace(key, static_cast<std::uint16_t>(classes.all.size()));
      if (fresh) {
        std::vector<BlockClass::Side> sides;
        for (const Action& action : block.actions) {
          StageLayers layers = stages[static_cast<std::size_t>(action.stage)];
          layers.first = 0;
          sides.push_back({.type = action.type, .layers = layers});
        }
        classes.all.push_back(issued(key, sides, scenario, run, works));
      }
      classes.of[rank].push_back(at->second);
    }
  }
  return classes;
}

}  // namespace braid
