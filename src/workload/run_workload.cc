#include "workload/run_workload.h"

#include <memory>
#include <pthread.h>
#include <thread>
#include <utility>

#include "workload/patience.h"
#include "workload/workload_connection.h"
#include "workload/workload_writer.h"

namespace relay {

namespace {

Status prepare_collection(WorkloadConnection& connection,
                          const WorkloadOptions& options,
                          const std::string& collection) {
  if (options.existing == ExistingDocuments::drop) return connection.drop(collection);
  if (options.existing == ExistingDocuments::append) return ok_status();
  Result<bool> has_documents = connection.has_documents(collection);
  if (!has_documents.ok()) return has_documents.error();
  if (!has_documents.value()) return ok_status();
  return Error{
      ErrorKind::config_invalid,
      "begin the workload: " + options.database + "." + collection + " has documents already",
      "--drop empties the profile's collections, --append adds to them under another --seed"};
}

using WriterList = std::vector<std::unique_ptr<WorkloadWriter>>;

// The first error in the order of the writers, unless none has one.
Status run_writers(const WriterList& writers, const std::stop_token& stop) {
  std::stop_source ending;
  const std::stop_callback forward(stop, [&ending] { ending.request_stop(); });
  std::vector<Status> results(writers.size(), ok_status());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < writers.size(); ++i) {
      threads.emplace_back([&writers, &results, &ending, i] {
        pthread_setname_np(pthread_self(), ("writer-" + std::to_string(i)).c_str());
        results[i] = writers[i]->run(ending.get_token());
        if (!results[i].ok()) ending.request_stop();
      });
    }
  }
  for (const Status& result : results) {
    if (!result.ok()) return result.error();
  }
  return ok_status();
}

Status prepare(WorkloadConnection& connection, const WorkloadOptions& options, Patience& patience) {
  for (const std::string& collection : collections_of(options.profile)) {
    Status prepared =
        patience.repeat([&] { return prepare_collection(connection, options, collection); });
    if (!prepared.ok()) return prepared;
  }
  return ok_status();
}

WorkloadSummary summarise(const WorkloadOptions& options, const WriterList& writers) {
  WorkloadSummary summary;
  for (const std::string& collection : collections_of(options.profile)) {
    summary.collections.push_back(
        {.name = options.database + "." + collection, .expected = {}, .found = {}});
  }
  for (const std::unique_ptr<WorkloadWriter>& writer : writers) {
    const std::vector<Digest> digests = writer->digests();
    for (std::size_t i = 0; i < digests.size(); ++i)
      summary.collections.at(i).expected.add(digests[i]);
  }
  return summary;
}

Status verify(WorkloadConnection& connection,
              const WorkloadOptions& options,
              Patience& patience,
              WorkloadSummary& summary) {
  // What others have put into the collection counts as well, unless it was there before.
  std::optional<std::uint64_t> run;
  if (options.existing == ExistingDocuments::append) run = options.seed;
  const std::vector<std::string> collections = collections_of(options.profile);
  for (std::size_t i = 0; i < collections.size(); ++i) {
    Result<Digest> found = patience.repeat([&] { return connection.scan(collections[i], run); });
    if (!found.ok()) return found.error();
    summary.collections.at(i).found = found.value();
  }
  return ok_status();
}

}  // namespace

Result<WorkloadSummary> run_workload(const WorkloadOptions& options,
                                     const Secret& source_uri,
                                     WorkloadProgress& progress,
                                     Clock& clock,
                                     const std::stop_token& stop) {
  // One client for each writer, one for what comes before and after.
  Result<std::unique_ptr<WorkloadPool>> pool =
      WorkloadPool::make(source_uri, options.writer_count + 1);
  if (!pool.ok()) return pool.error();
  Patience patience(options.writer_count + 1, progress, stop);
  auto connection =
      patience.repeat([&] { return WorkloadConnection::open(*pool.value(), options.database); });
  if (!connection.ok()) return connection.error();
  Status prepared = prepare(*connection.value(), options, patience);
  if (!prepared.ok()) return prepared.error();

  WriterList writers;
  for (std::uint32_t i = 0; i < options.writer_count; ++i) {
    writers.push_back(std::make_unique<WorkloadWriter>(options, i, *pool.value(), progress, clock));
  }
  const Clock::TimePoint start = clock.now();
  Status written = run_writers(writers, stop);
  if (!written.ok()) return written.error();
  const Clock::Duration duration = clock.now() - start;

  WorkloadSummary summary = summarise(options, writers);
  summary.counts = progress.counts();
  summary.duration = duration;
  if (options.check == AfterCheck::verify) {
    Status verified = verify(*connection.value(), options, patience, summary);
    if (!verified.ok()) return verified.error();
  }
  return summary;
}

}  // namespace relay
