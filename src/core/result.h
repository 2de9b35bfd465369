// Result<T>: a value or an Error. Status: success or an Error.
//
//   Result<int> r = parse(...);
//   if (!r.ok()) return r.error();
//   use(r.value());
#pragma once

#include <utility>
#include <variant>

#include "core/check.h"
#include "core/error.h"

namespace relay {

template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return error;` both read well.
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }

  T& value() {
    CHECK(ok(), "value of a failed result");
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    CHECK(ok(), "value of a failed result");
    return *std::get_if<0>(&state_);
  }
  const Error& error() const {
    CHECK(!ok(), "error of a successful result");
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;
inline Status ok_status() {
  return Done{};
}

}  // namespace relay
