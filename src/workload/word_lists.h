// Words that documents are made of. Some are not ASCII, some hold quotes: a relay must take them
// all.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "workload/random.h"

namespace relay {

inline constexpr std::array<std::string_view, 8> kFirstNames = {
    "Ada", "Bj\xc3\xb6rn", "Chlo\xc3\xa9", "Dmitri", "Ewa", "Farid", "Grace", "Hiroko"};
inline constexpr std::array<std::string_view, 8> kLastNames = {"Lovelace",
                                                               "O'Brien",
                                                               "Nu\xc3\xb1"
                                                               "ez",
                                                               "van \"Dutch\" Dam",
                                                               "Kowalska",
                                                               "Smith",
                                                               "Tanaka",
                                                               "B\\ack"};
inline constexpr std::array<std::string_view, 8> kCities = {"Berlin",
                                                            "Z\xc3\xbcrich",
                                                            "K\xc3\xb8"
                                                            "benhavn",
                                                            "Lisboa",
                                                            "Krak\xc3\xb3w",
                                                            "Oslo",
                                                            "\xe6\x9d\xb1\xe4\xba\xac",
                                                            "Wien"};
inline constexpr std::array<std::string_view, 5> kOrderStatuses = {
    "new", "paid", "packed", "shipped", "returned"};
inline constexpr std::array<std::string_view, 6> kTopics = {
    "books", "cooking", "music", "travel", "gardens", "\xf0\x9f\x9a\xb2"};
inline constexpr std::array<std::string_view, 4> kDeviceModels = {
    "TH-100", "TH-200", "CO2-10", "PM2.5"};

template <std::size_t kSize>
std::string_view pick_word(const std::array<std::string_view, kSize>& words, Random& random) {
  return words[random.below(static_cast<std::uint32_t>(kSize))];
}

}  // namespace relay
