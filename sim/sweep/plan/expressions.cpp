// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/expressions.hpp"

#include <fmt/format.h>
#include <muParser.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace braid {
namespace {

constexpr std::size_t kLongest = 1000;

struct DividesByZero {};

double divided(double a, double b) {
  if (b == 0) throw DividesByZero{};
  return a / b;
}
double remainder_of(double a, double b) {
  if (b == 0) throw DividesByZero{};
  return std::fmod(a, b);
}
double truth(bool value) { return value ? 1 : 0; }
double smallest(const double* all, int count) { return *std::min_element(all, all + count); }
double largest(const double* all, int count) { return *std::max_element(all, all + count); }

/// muParser's own operators stay off: its division by zero is no fault, and its "=" changes a fact.
void define_operators(mu::Parser& parser) {
  parser.EnableBuiltInOprt(false);
  parser.DefineOprt(
      "+", [](double a, double b) { return a + b; }, mu::prADD_SUB);
  parser.DefineOprt(
      "-", [](double a, double b) { return a - b; }, mu::prADD_SUB);
  parser.DefineOprt(
      "*", [](double a, double b) { return a * b; }, mu::prMUL_DIV);
  parser.DefineOprt("/", divided, mu::prMUL_DIV);
  parser.DefineOprt("%", remainder_of, mu::prMUL_DIV);
  parser.DefineOprt(
      "^", [](double a, double b) { return std::pow(a, b); }, mu::prPOW, mu::oaRIGHT);
  parser.DefineOprt(
      "==", [](double a, double b) { return truth(a == b); }, mu::prCMP);
  parser.DefineOprt(
      "!=", [](double a, double b) { return truth(a != b); }, mu::prCMP);
  parser.DefineOprt(
      "<", [](double a, double b) { return truth(a < b); }, mu::prCMP);
  parser.DefineOprt(
      "<=", [](double a, double b) { return truth(a <= b); }, mu::prCMP);
  parser.DefineOprt(
      ">", [](double a, double b) { return truth(a > b); }, mu::prCMP);
  parser.DefineOprt(
      ">=", [](double a, double b) { return truth(a >= b); }, mu::prCMP);
  for (const char* name : {"and", "&&"}) {
    parser.DefineOprt(
        name, [](double a, double b) { return truth(a != 0 && b != 0); }, mu::prLAND);
  }
  for (const char* name : {"or", "||"}) {
    parser.DefineOprt(
        name, [](double a, double b) { return truth(a != 0 || b != 0); }, mu::prLOR);
  }
  parser.DefineInfixOprtChars("abcdefghijklmnopqrstuvwxyz+-!");
  parser.DefineInfixOprt(
      "not", [](double a) { return truth(a == 0); }, mu::prLOGIC);
  parser.DefineInfixOprt(
      "!", [](double a) { return truth(a == 0); }, mu::prINFIX);
}

constexpr const char* kFunctions[] = {"min", "max", "floor", "ceil", "abs", "log2", "sqrt"};

void define_functions(mu::Parser& parser) {
  parser.ClearFun();
  parser.ClearConst();
  parser.DefineFun("min", smallest);
  parser.DefineFun("max", largest);
  parser.DefineFun("floor", [](double a) { return std::floor(a); });
  parser.DefineFun("ceil", [](double a) { return std::ceil(a); });
  parser.DefineFun("abs", [](double a) { return std::abs(a); });
  parser.DefineFun("log2", [](double a) { return std::log2(a); });
  parser.DefineFun("sqrt", [](double a) { return std::sqrt(a); });
}

std::string unknown_name(const std::string& name) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < kFacts; ++i) known.emplace_back(name_of_fact(i));
  known.insert(known.end(), std::begin(kFunctions), std::end(kFunctions));
  known.emplace_back("fits");
  if (name == "fits") return "'fits' stands alone, as a constraint of its own";
  const std::string near = nearest_word(name, known);
  return fmt::format(
      "nothing is called '{}'; {}", name,
      near.empty() ? fmt::format("there are {}", fmt::join(known, ", ")) : fmt::format("did you mean '{}'?", near));
}

/// What muParser found, in the words of this file.
std::string fault_in(const std::string& text, const mu::Parser::exception_type& fault) {
  const std::string token = fault.GetToken();
  const std::string intro = fmt::format("'{}': ", text);
  if (token.starts_with("=")) return intro + "'=' compares nothing; write '=='";
  if (fault.GetCode() == mu::ecUNASSIGNABLE_TOKEN && !token.empty() &&
      std::isalpha(static_cast<unsigned char>(token[0]))) {
    const auto name_end =
        std::find_if(token.begin(), token.end(), [](unsigned char c) { return !std::isalnum(c) && c != '_'; });
    return intro + unknown_name(std::string(token.begin(), name_end));
  }
  std::string what = fault.GetMsg();
  while (!what.empty() && (what.back() == '.' || what.back() == '\n')) what.pop_back();
  std::replace(what.begin(), what.end(), '\n', ' ');
  return intro + what;
}

}  // namespace

const char* name_of_fact(std::size_t place) {
  return place < kGiven ? kGivenFacts[place].name : kFollowingFacts[place - kGiven];
}

void complete(Facts& facts) {
  constexpr auto given = place_of_given;
  double& kv_heads = facts[given("kv_heads")];
  if (kv_heads == 0) kv_heads = facts[given("heads")];
  facts[kGiven] = facts[given("nodes")] * facts[given("gpus_per_node")];
  facts[kGiven + 1] = facts[given("microbatches")] * facts[given("microbatch_size")] * facts[given("dp")];
}

CompiledExpression::CompiledExpression(const Expression& expression, Facts& facts)
    : expression_(&expression), parser_(std::make_unique<mu::Parser>()) {
  if (expression.text.size() > kLongest) {
    throw Error(expression.where, fmt::format("an expression of more than {} characters", kLongest));
  }
  if (expression.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw Error(expression.where, "is empty; write for example tp <= gpus_per_node");
  }
  try {
    define_operators(*parser_);
    define_functions(*parser_);
    for (std::size_t i = 0; i < kFacts; ++i) parser_->DefineVar(name_of_fact(i), &facts[i]);
    parser_->SetExpr(expression.text);
    for (const auto& [name, variable] : parser_->GetUsedVar()) {
      if (name == "gpus") {
        needs_.insert(needs_.end(), {place_of_given("nodes"), place_of_given("gpus_per_node")});
      } else if (name == "global_batch") {
        for (const char* given : {"microbatches", "microbatch_size", "dp"}) needs_.push_back(place_of_given(given));
      } else if (place_of_given(name) == kGiven) {
        throw Error(expression.where, fmt::format("'{}': {}", expression.text, unknown_name(name)));
      } else {
        needs_.push_back(place_of_given(name));
        if (name == "kv_heads") needs_.push_back(place_of_given("heads"));
      }
    }
    int results = 0;
    parser_->Eval(results);
    if (results != 1) throw Error(expression.where, fmt::format("'{}': has more than one value", expression.text));
  } catch (const mu::Parser::exception_type& fault) {
    throw Error(expression.where, fault_in(expression.text, fault));
  } catch (const DividesByZero&) {  // of the facts as they are now; asked again of each point
  }
}

CompiledExpression::~CompiledExpression() = default;
CompiledExpression::CompiledExpression(CompiledExpression&&) noexcept = default;
CompiledExpression& CompiledExpression::operator=(CompiledExpression&&) noexcept = default;

double CompiledExpression::value() const {
  double value = 0;
  try {
    value = parser_->Eval();
  } catch (const DividesByZero&) {
    throw Error(expression_->where, fmt::format("'{}': divides by zero", expression_->text));
  } catch (const mu::Parser::exception_type& fault) {
    throw Error(expression_->where, fault_in(expression_->text, fault));
  }
  if (!std::isfinite(value)) {
    throw Error(expression_->where, fmt::format("'{}': is no finite number", expression_->text));
  }
  return value;
}

}  // namespace braid
