#include "apply/target_sink.h"

#include <atomic>

#include "apply/crate_sink.h"
#include "apply/interrupt.h"
#include "apply/pg_connection.h"
#include "core/check.h"

namespace relay {
namespace {

class TargetSink final : public Sink {
 public:
  explicit TargetSink(const PostgresSink::Options& options)
      : options_(options),
        postgres_(PostgresSink::make(options)),
        crate_(CrateSink::make(options)) {}

  Result<std::optional<Checkpoint>> open() override {
    if (chosen_ == nullptr) {
      const Result<std::unique_ptr<PgConnection>> looked =
          PgConnection::open({.uri = options_.uri,
                              .connect_timeout = options_.connect_timeout,
                              .statement_timeout = options_.statement_timeout,
                              .interrupt = &interrupt_});
      if (!looked.ok()) return looked.error();
      const TargetKind kind = looked.value()->kind();
      if (Status built = check_turns(kind, options_.takes_turns); !built.ok()) return built.error();
      const bool is_crate = kind == TargetKind::cratedb;
      chosen_ = is_crate ? crate_.get() : postgres_.get();
    }
    return chosen().open();
  }

  Result<std::vector<SnapshotPart>> load_snapshots() override { return chosen().load_snapshots(); }
  Status prepare(const TableMapping& table) override { return chosen().prepare(table); }
  Status apply(const Batch& batch) override { return chosen().apply(batch); }
  Status isolate(Batch& batch, Grounds grounds) override {
    return chosen().isolate(batch, grounds);
  }
  [[nodiscard]] std::uint64_t open_dead_letters() const override {
    return chosen().open_dead_letters();
  }
  Result<KeyPage> read_keys(const TableMapping& table,
                            const std::optional<std::string>& after,
                            std::size_t count) override {
    return chosen().read_keys(table, after, count);
  }
  Result<LiveColumns> read_live_columns(const TableMapping& table) override {
    return chosen().read_live_columns(table);
  }
  [[nodiscard]] TargetKind target() const override { return chosen().target(); }
  Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& table) override {
    return chosen().read_sub_columns(table);
  }
  Status renew() override { return chosen().renew(); }
  void interrupt() override {
    interrupt_.raise();
    postgres_->interrupt();
    crate_->interrupt();
  }
  void release() override {
    if (chosen_ != nullptr) chosen().release();
  }

 private:
  [[nodiscard]] Sink& chosen() const {
    Sink* const sink = chosen_;
    CHECK(sink != nullptr, "the target was opened");
    return *sink;
  }

  PostgresSink::Options options_;
  Interrupt interrupt_;
  std::unique_ptr<Sink> postgres_;
  std::unique_ptr<Sink> crate_;
  std::atomic<Sink*> chosen_ = nullptr;  // Set once.
};

}  // namespace

Status check_turns(TargetKind target, bool takes_turns) {
  if (target != TargetKind::cratedb || !takes_turns) return ok_status();
  return Error{ErrorKind::config_invalid,
               "ha.enabled with CrateDB is not in this version yet",
               "ha.enabled = false"};
}

std::unique_ptr<Sink> make_target_sink(const PostgresSink::Options& options) {
  return std::make_unique<TargetSink>(options);
}

}  // namespace relay
