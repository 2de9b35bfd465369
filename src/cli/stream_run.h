// StreamRun: one stream of a relay: its tables, its source, its sink and its pipeline.
//
// Streams run side by side, each with its own position and its own failure; they share the state
// file and the process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checkpoint/checkpoint_store.h"
#include "config/settings.h"
#include "core/clock.h"
#include "core/result.h"
#include "mapping/table_map.h"
#include "pipeline/pipeline.h"

namespace relay {

class StreamRun {
 public:
  struct Links {  // All outlive the run.
    CheckpointStore& store;
    Clock& clock;
  };

  // `tables`: those of the stream, at least one. Connects to nobody. config_invalid: the mapping or
  // a connection string.
  static Result<std::unique_ptr<StreamRun>> make(const Settings& settings,
                                                 const std::string& stream,
                                                 const std::vector<TableSettings>& tables,
                                                 const std::string& owner,
                                                 RunMode mode,
                                                 Links links);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Pipeline& pipeline() { return *pipeline_; }

 private:
  StreamRun(std::string name, TableMap tables)
      : name_(std::move(name)), tables_(std::move(tables)) {}

  std::string name_;
  TableMap tables_;
  std::unique_ptr<ChangeSource> source_;
  std::unique_ptr<Sink> sink_;
  std::unique_ptr<Pipeline> pipeline_;  // Last: refers to all above.
};

}  // namespace relay
