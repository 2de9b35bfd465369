#include "verify/canonical_json.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "decode/json_string.h"
#include "verify/canonical_decimal.h"
#include "verify/sized_bytes.h"

namespace relay {
namespace {

// The tag and the length in front of a string's characters.
constexpr std::size_t kStringHeadBytes = 1 + sizeof(std::uint32_t);

// What ends a number.
bool is_delimiter(char c) {
  return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// One pass, without a tree and without recursion:
//
//   begin a value; while an object or array is open:
//     its end -> bring its members in order, close it
//     else -> separator, name, begin the next value
class Leveller {
 public:
  Leveller(std::string_view text, std::string& out) : text_(text), out_(out) {}

  bool run() {
    if (!begin_value()) return false;
    while (!frames_.empty()) {
      if (!go_on()) return false;
    }
    return text_.empty();
  }

 private:
  // A name and its value, as offsets in `out_`.
  struct Member {
    std::size_t start;  // Of the name's tag.
    std::size_t name_start;
    std::size_t name_end;
    std::size_t end;  // Of the value.
  };
  // An object or array that is not complete.
  struct Frame {
    bool is_object;
    bool is_empty;
    std::size_t first_member;  // Index into members_.
    std::size_t start;         // Offset in `out_` behind the opening tag.
  };

  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  void skip_blanks() {
    const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    while (!text_.empty() && is_blank(text_.front()))
      text_.remove_prefix(1);
  }

  bool begin_value() {
    if (text_.empty()) return false;
    switch (text_.front()) {
      case '{':
      case '[':
        out_.push_back(text_.front());
        frames_.push_back({.is_object = text_.front() == '{',
                           .is_empty = true,
                           .first_member = members_.size(),
                           .start = out_.size()});
        text_.remove_prefix(1);
        return true;
      case '"':
        return take_string();
      case 't':
        out_.push_back('t');
        return take("true");
      case 'f':
        out_.push_back('f');
        return take("false");
      case 'n':
        out_.push_back('z');
        return take("null");
      default:
        return take_number();
    }
  }

  bool go_on() {
    Frame& frame = frames_.back();
    skip_blanks();
    // The members of inner objects are gone by now.
    if (frame.is_object && !frame.is_empty) members_.back().end = out_.size();
    if (take(frame.is_object ? "}" : "]")) return close();
    if (!frame.is_empty) {
      if (!take(",")) return false;
      skip_blanks();
    }
    frame.is_empty = false;
    return (!frame.is_object || take_name()) && begin_value();
  }

  bool take_string() {
    out_.push_back('s');
    const std::size_t start = open_sized(out_);
    if (!take_json_string(text_, out_)) return false;
    close_sized(start, out_);
    return true;
  }

  bool take_number() {
    std::size_t end = 0;
    while (end < text_.size() && !is_delimiter(text_[end]))
      ++end;
    out_.push_back('#');
    const std::size_t start = open_sized(out_);
    if (!append_canonical_decimal(text_.substr(0, end), out_)) return false;
    close_sized(start, out_);
    text_.remove_prefix(end);
    return true;
  }

  bool take_name() {
    const std::size_t start = out_.size();
    if (!take_string()) return false;
    members_.push_back({.start = start,
                        .name_start = start + kStringHeadBytes,
                        .name_end = out_.size(),
                        .end = out_.size()});
    skip_blanks();
    if (!take(":")) return false;
    skip_blanks();
    return true;
  }

  bool close() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    if (frame.is_object && !order_members(frame)) return false;
    out_.push_back(frame.is_object ? '}' : ']');
    return true;
  }

  [[nodiscard]] std::string_view name_of(const Member& member) const {
    return std::string_view(out_).substr(member.name_start, member.name_end - member.name_start);
  }

  // False: a name is there twice. The members of the frame are forgotten.
  bool order_members(const Frame& frame) {
    const auto is_before = [this](const Member& a, const Member& b) {
      const std::string_view one = name_of(a);
      const std::string_view other = name_of(b);
      return one.size() != other.size() ? one.size() < other.size() : one < other;
    };
    const auto is_same = [this](const Member& a, const Member& b) {
      return name_of(a) == name_of(b);
    };
    const auto first = members_.begin() + static_cast<std::ptrdiff_t>(frame.first_member);
    // What JSONB prints is in order already.
    const bool is_sorted = std::is_sorted(first, members_.end(), is_before);
    if (!is_sorted) std::sort(first, members_.end(), is_before);
    if (std::adjacent_find(first, members_.end(), is_same) != members_.end()) return false;
    if (!is_sorted) {
      ordered_.clear();
      for (auto member = first; member != members_.end(); ++member)
        ordered_.append(out_, member->start, member->end - member->start);
      out_.replace(frame.start, std::string::npos, ordered_);
    }
    members_.resize(frame.first_member);
    return true;
  }

  std::string_view text_;
  std::string& out_;
  std::vector<Frame> frames_;
  std::vector<Member> members_;  // Of the objects that are open, the outermost first.
  std::string ordered_;          // Only used in order_members().
};

}  // namespace

bool append_canonical_json(std::string_view json, std::string& out) {
  return Leveller(json, out).run();
}

}  // namespace relay
