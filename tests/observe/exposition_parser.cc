#include "observe/exposition_parser.h"

#include <cctype>
#include <charconv>
#include <limits>
#include <set>

namespace relay {
namespace {

[[noreturn]] void refuse(std::string_view line, const std::string& why) {
  throw std::runtime_error(why + ": " + std::string(line));
}

bool is_name(std::string_view text, bool may_have_colon) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) != 0) return false;
  for (const char c : text) {
    const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (!is_word && !(may_have_colon && c == ':')) return false;
  }
  return true;
}

// A cursor over one line.
struct Line {
  std::string_view whole;
  std::string_view rest;

  std::string_view take_name(bool may_have_colon) {
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != '{' && rest[end] != ' ' && rest[end] != '=')
      ++end;
    const std::string_view name = rest.substr(0, end);
    if (!is_name(name, may_have_colon)) refuse(whole, "not a name");
    rest.remove_prefix(end);
    return name;
  }

  bool take(std::string_view text) {
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
    return true;
  }

  std::string take_quoted() {
    if (!take("\"")) refuse(whole, "a label's value has no quote");
    std::string value;
    while (!rest.empty() && rest.front() != '"') {
      char c = rest.front();
      if (c == '\\') {
        rest.remove_prefix(1);
        if (rest.empty()) refuse(whole, "an escape without its character");
        c = rest.front() == 'n' ? '\n' : rest.front();
        if (c != '\n' && c != '\\' && c != '"') refuse(whole, "an unknown escape");
      }
      value.push_back(c);
      rest.remove_prefix(1);
    }
    if (!take("\"")) refuse(whole, "a label's value does not end");
    return value;
  }
};

double parse_number(Line& line) {
  const std::string_view text = line.rest;
  line.rest = {};
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  if (text == "NaN" || text == "Nan") return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) refuse(line.whole, "not a number");
  return value;
}

ExpositionSample parse_sample(Line line) {
  ExpositionSample sample;
  sample.name = line.take_name(true);
  if (line.take("{")) {
    do {
      const std::string name(line.take_name(false));
      if (!line.take("=")) refuse(line.whole, "a label without a value");
      if (!sample.labels.emplace(name, line.take_quoted()).second)
        refuse(line.whole, "a label stands twice");
    } while (line.take(","));
    if (!line.take("}")) refuse(line.whole, "the labels do not end");
  }
  if (!line.take(" ")) refuse(line.whole, "no blank before the number");
  sample.value = parse_number(line);
  return sample;
}

bool belongs(const ExpositionFamily& family, const std::string& name) {
  if (family.type != "histogram") return name == family.name;
  return name == family.name + "_bucket" || name == family.name + "_sum" ||
         name == family.name + "_count";
}

// Of a histogram without labels of its own.
void check_histogram(const ExpositionFamily& family) {
  double bound = -std::numeric_limits<double>::infinity();
  double cumulative = 0;
  double count = -1;
  for (const ExpositionSample& sample : family.samples) {
    if (sample.name == family.name + "_count") count = sample.value;
    if (sample.name != family.name + "_bucket") continue;
    Line line{"le", sample.labels.at("le")};
    const double next = parse_number(line);
    if (!(next > bound)) refuse(family.name, "bounds do not grow");
    if (sample.value < cumulative) refuse(family.name, "buckets do not grow");
    bound = next;
    cumulative = sample.value;
  }
  if (bound != std::numeric_limits<double>::infinity()) refuse(family.name, "no bucket +Inf");
  if (count != cumulative) refuse(family.name, "the count is not that of +Inf");
}

void check_families(const std::vector<ExpositionFamily>& families) {
  std::set<std::string> names;
  for (const ExpositionFamily& family : families) {
    if (!names.insert(family.name).second) refuse(family.name, "a family stands twice");
    std::set<std::pair<std::string, std::map<std::string, std::string>>> series;
    for (const ExpositionSample& sample : family.samples) {
      if (!series.emplace(sample.name, sample.labels).second)
        refuse(family.name, "a series stands twice");
    }
    if (family.type == "histogram") check_histogram(family);
  }
}

}  // namespace

std::vector<ExpositionFamily> parse_exposition(std::string_view text) {
  std::vector<ExpositionFamily> families;
  bool needs_type = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) refuse(text, "the last line does not end");
    Line line{text.substr(0, end), text.substr(0, end)};
    text.remove_prefix(end + 1);
    if (line.take("# HELP ")) {
      ExpositionFamily& family = families.emplace_back();
      family.name = line.take_name(true);
      if (needs_type || !line.take(" ") || line.rest.empty()) refuse(line.whole, "not a help");
      family.help = line.rest;
      needs_type = true;
    } else if (line.take("# TYPE ")) {
      if (!needs_type || line.take_name(true) != families.back().name || !line.take(" "))
        refuse(line.whole, "a type without its help");
      families.back().type = line.rest;
      if (line.rest != "counter" && line.rest != "gauge" && line.rest != "histogram")
        refuse(line.whole, "an unknown type");
      needs_type = false;
    } else {
      if (families.empty() || needs_type) refuse(line.whole, "a sample without a family");
      const ExpositionSample sample = parse_sample(line);
      if (!belongs(families.back(), sample.name)) refuse(line.whole, "a sample of another family");
      families.back().samples.push_back(sample);
    }
  }
  check_families(families);
  return families;
}

}  // namespace relay
