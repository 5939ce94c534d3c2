// SPDX-License-Identifier: Apache-2.0
#include "calibrate/table/table_writer.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

namespace braid {

Field::Field(double v) {
  char buf[32];
  std::snprintf(buf, sizeof buf, "%.6g", v);
  text_ = buf;
}

CsvFile::CsvFile(const std::string& path, const std::vector<std::string>& provenance, const std::string& header)
    : file_(std::fopen(path.c_str(), "w")),
      columns_(static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')) + 1) {
  if (!file_) throw std::runtime_error(path + ": cannot be written");
  std::set<std::string> seen;
  std::istringstream names(header);
  for (std::string name; std::getline(names, name, ',');)
    if (!seen.insert(name).second) throw std::runtime_error(path + ": two columns named " + name);
  for (const auto& line : provenance) std::fprintf(file_.get(), "# %s\n", line.c_str());
  std::fprintf(file_.get(), "%s\n", header.c_str());
  std::fflush(file_.get());
}

void CsvFile::row(const std::vector<Field>& fields) {
  if (fields.size() != columns_)
    throw std::runtime_error("a row of " + std::to_string(fields.size()) + " fields in a table of " +
                             std::to_string(columns_));
  for (std::size_t i = 0; i < fields.size(); ++i)
    std::fprintf(file_.get(), "%s%s", i ? "," : "", fields[i].text().c_str());
  std::fputc('\n', file_.get());
  std::fflush(file_.get());
  ++rows_;
}

}  // namespace braid
