// SourceSurvey: what can be learnt from a source before the first change is read: what it is, what
// the user may do, what is in its collections. Reads only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/name_space.h"
#include "core/raw_document.h"
#include "core/result.h"
#include "core/secret.h"
#include "source/change_source.h"

namespace relay {

struct SourceTraits {
  std::string host;           // "host:port" that answers.
  std::string version;        // Empty: it did not say.
  std::string set_name;       // Of the replica set; empty: a sharded cluster.
  std::string user;           // Who is logged in; empty: nobody.
  std::string user_database;  // Where the user is kept.
};

struct CollectionSizeFacts {
  std::uint64_t documents = 0;  // The server's estimate.
  std::uint64_t bytes = 0;      // Of the documents, uncompressed.
};

struct OplogWindow {
  std::chrono::seconds span{0};  // From its first entry to its last.
  bool is_full = true;           // False: it still grows, so the span says nothing about its reach.
};

struct SampleLimits {
  std::uint64_t documents_max = 1'000;     // At random; a smaller collection is read whole.
  std::uint64_t newest = 100;              // Besides: those that were inserted last.
  std::uint64_t bytes_max = 256ULL << 20;  // Exceeded by one reply of the server at most.
};

// One thread. Errors have the kinds of the source; source_refused: see lacks_right().
class SourceSurvey {
 public:
  // Connects and logs in. source_unavailable after the time-out.
  static Result<SourceSurvey> open(const Secret& uri, std::chrono::milliseconds connect_timeout);
  SourceSurvey(SourceSurvey&&) noexcept;
  ~SourceSurvey();

  [[nodiscard]] const SourceTraits& traits() const;

  // After an error of kind source_refused: the user is not allowed to. Else the question itself is
  // wrong, a change stream of the database admin for instance.
  [[nodiscard]] bool lacks_right() const;

  // Opens a change stream and closes it again. `database` empty: of the whole cluster.
  Status try_stream(const std::string& database);

  // As ChangeSource::list_collections(), but system collections are in it.
  Result<std::vector<CollectionInfo>> list(const std::string& database);

  // A collection that does not exist has no documents.
  Result<CollectionSizeFacts> measure(NamespaceView ns);

  // Views are valid during the call. A document may come twice, at random and as one of the newest.
  Status sample(NamespaceView ns,
                const SampleLimits& limits,
                const std::function<void(RawDocument)>& visit);

  // nullopt: a sharded cluster, whose shards have one each.
  Result<std::optional<OplogWindow>> oplog_window();

 private:
  struct State;
  explicit SourceSurvey(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// The server's own: they have no change events.
bool is_system_namespace(NamespaceView ns);

}  // namespace relay
