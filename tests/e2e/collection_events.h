// What can happen to a whole collection - dropped, renamed, replaced, made again - and the moments
// of a relay's life at which the tests let it happen.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "e2e/real_servers.h"

namespace relay {

enum class Moment : std::uint8_t {
  while_down,
  inside_snapshot,
  inside_killed_snapshot,
  while_streaming
};

struct CollectionEvent {
  const char* name;
  bool leaves_a_collection;
  std::vector<std::string> commands;  // DB stands for the database; renames go to admin.
};

// All that there are.
std::vector<CollectionEvent> collection_events();

struct CollectionEventCase {
  CollectionEvent event;
  Moment moment;
};

std::string name_of(const CollectionEventCase& test);

// A collection `orders` that something happens to, and one named `other` that may take its place.
class CollectionEventTest : public RealServersTest {
 protected:
  static constexpr int kDocuments = 3'000;

  // `policy`: the table's on_drop.
  void set_policy(const std::string& policy);
  void fill(const std::string& collection, int first, int end);
  // Both collections.
  void fill_all();
  std::unique_ptr<RelayProcess> start_relay() const;
  void happen(const CollectionEvent& event);
  // From a relay's start to the event at its moment. Returns the relay that runs now.
  std::unique_ptr<RelayProcess> let_happen(const CollectionEventCase& test);

 private:
  std::unique_ptr<RelayProcess> let_happen_inside_snapshot(const CollectionEventCase& test);
};

}  // namespace relay
