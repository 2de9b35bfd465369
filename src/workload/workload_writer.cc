#include "workload/workload_writer.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/doorbell.h"
#include "workload/workload_connection.h"

namespace relay {

namespace {

// A command is one document of at most 16 MiB; a batch may become a single command.
constexpr std::size_t kBatchBytesMax = 8U << 20U;

constexpr std::int64_t kDuplicateKey = 11'000;
// The server has lost its memory of the session's writes: the oplog was cut too early, or it was
// away for longer than a session lives.
constexpr std::int64_t kIncompleteHistory = 217;

double rate_of_writer(const WorkloadOptions& options) {
  return static_cast<double>(options.rate) / options.writer_count;
}

Error refuse(const std::string& collection, std::int64_t code) {
  const std::string doing = "write to the source collection=" + collection + ": ";
  if (code == kDuplicateKey) {
    return {ErrorKind::config_invalid,
            doing + "a document of this seed exists already",
            "choose another --seed, or begin with --drop"};
  }
  return {ErrorKind::source_unknown,
          doing + "refused with code " + std::to_string(code),
          code == kIncompleteHistory
              ? "the source no longer knows which writes it has done: begin again "
                "with --drop"
              : ""};
}

}  // namespace

WorkloadWriter::WorkloadWriter(const WorkloadOptions& options,
                               std::uint32_t writer,
                               WorkloadPool& pool,
                               WorkloadProgress& progress,
                               Clock& clock)
    : options_(options),
      writer_(writer),
      pool_(pool),
      progress_(progress),
      clock_(clock),
      collections_(collections_of(options.profile)),
      operations_(operations_of_writer(options, writer)),
      generator_(options, writer) {}

WorkloadWriter::~WorkloadWriter() = default;

bool WorkloadWriter::is_over(Clock::TimePoint start, const std::stop_token& stop) const {
  if (stop.stop_requested()) return true;
  if (operations_ && generator_.operation_count() >= *operations_) return true;
  return options_.duration.count() > 0 && clock_.now() >= start + options_.duration;
}

Status WorkloadWriter::run(const std::stop_token& stop) {
  Patience patience(writer_ + 1, progress_, stop);
  auto opened = patience.repeat([&] { return WorkloadConnection::open(pool_, options_.database); });
  if (!opened.ok()) return opened.error();
  connection_ = std::move(opened.value());

  const Clock::TimePoint start = clock_.now();
  Pace pace(rate_of_writer(options_), start);
  Doorbell bell;  // Nobody rings it: a sleep that a stop ends early.
  while (!is_over(start, stop)) {
    const Clock::TimePoint now = clock_.now();
    Clock::TimePoint due = pace.due(generator_.operation_count(), now);
    if (options_.duration.count() > 0) due = std::min(due, start + options_.duration);
    if (due > now) {
      bell.wait(bell.rings(), due - now, stop);
      continue;
    }
    take_batch(pace.batch_size());
    Status sent = send_batch(patience);
    if (!sent.ok()) return sent;
  }
  return ok_status();
}

void WorkloadWriter::take_batch(std::uint32_t size) {
  std::uint64_t left = size;
  if (operations_) left = std::min(left, *operations_ - generator_.operation_count());
  batch_size_ = 0;
  for (std::size_t bytes = 0; batch_size_ < left && bytes < kBatchBytesMax; ++batch_size_) {
    if (batch_size_ == writes_.size()) writes_.emplace_back();
    generator_.next(writes_[batch_size_]);
    bytes += writes_[batch_size_].body.size() + writes_[batch_size_].key.size();
  }
}

Status WorkloadWriter::send_batch(Patience& patience) {
  const std::span<const WorkloadWrite> batch(writes_.data(), batch_size_);
  for (const WriteCommand& command : plan_commands(batch)) {
    Status sent = send(command, patience);
    if (!sent.ok()) return sent;
  }
  return ok_status();
}

Status WorkloadWriter::send(const WriteCommand& command, Patience& patience) {
  const std::string& collection = collections_.at(command.collection);
  const std::string bytes =
      format_command(std::span<const WorkloadWrite>(writes_.data(), batch_size_),
                     command,
                     {.collection = collection, .transaction_number = ++transaction_number_});
  Result<WriteReply> reply = patience.repeat([&] { return connection_->write(bytes); });
  if (!reply.ok() && reply.error().kind == ErrorKind::source_unavailable) {
    return Error{ErrorKind::source_unavailable,
                 "stop the workload: it is not known whether the last " +
                     std::to_string(command.writes.size()) + " operations of writer " +
                     std::to_string(writer_) + " were carried out, so there is no digest",
                 "begin again with --drop"};
  }
  if (!reply.ok()) return reply.error();
  if (reply.value().write_error_code != 0)
    return refuse(collection, reply.value().write_error_code);
  if (reply.value().count != static_cast<std::int64_t>(command.writes.size())) {
    return Error{ErrorKind::check_failed,
                 "write to the source collection=" + collection +
                     ": documents are missing that this run has inserted",
                 "let nothing else write to the collection meanwhile"};
  }
  count(command);
  return ok_status();
}

void WorkloadWriter::count(const WriteCommand& command) {
  WorkloadCounts counts;
  for (const std::uint32_t index : command.writes) {
    const OperationType operation = writes_[index].operation;
    if (operation == OperationType::insert) ++counts.insert_count;
    if (operation == OperationType::update) ++counts.update_count;
    if (operation == OperationType::replace) ++counts.replace_count;
    if (operation == OperationType::delete_) ++counts.delete_count;
  }
  progress_.add(counts);
}

}  // namespace relay
