#include "lag.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <poll.h>
#include <thread>
#include <vector>

#include <libpq-fe.h>
#include <mongoc/mongoc.h>

#include "backlog.h"
#include "decode/event_decoder.h"
#include "decode/key_text.h"
#include "readers.h"

namespace relay {
namespace {

using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;

// How long after the last write everything must have arrived.
constexpr std::chrono::seconds kPatience{20};
constexpr int kPollMs = 200;

// When each document, by its number, was seen by one thread. A first sight counts.
class Sightings {
 public:
  explicit Sightings(std::size_t count) : times_(count) {}

  void note(std::size_t first, std::size_t last) {
    const TimePoint now = SteadyClock::now();
    for (std::size_t i = first; i <= last && i < times_.size(); ++i) {
      if (times_[i] != TimePoint{}) continue;
      times_[i] = now;
      ++count_;
    }
  }
  [[nodiscard]] bool is_complete() const { return count_ == times_.size(); }
  [[nodiscard]] TimePoint at(std::size_t i) const { return times_[i]; }

 private:
  std::vector<TimePoint> times_;
  std::size_t count_ = 0;
};

// A thread whose failure is told to whoever joins it.
class Observer {
 public:
  explicit Observer(std::function<void()> work)
      : thread_([this, work = std::move(work)] {
          try {
            work();
          } catch (...) {
            failure_ = std::current_exception();
          }
        }) {}

  void join() {
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::exception_ptr failure_;
  std::jthread thread_;
};

void observe_stream(MongoSource& source, Sightings& seen, const std::atomic<bool>& is_over) {
  while (!seen.is_complete() && !is_over) {
    const Reply reply = take(source.next());
    EventWalker walker(reply.events);
    while (std::optional<RawDocument> raw = take(walker.next())) {
      const ChangeEvent event = take(decode_event(*raw));
      if (event.operation != OperationType::insert) continue;
      std::string key;
      if (!append_key_text(event.document_key, key)) fail("a key without _id");
      const std::size_t number = std::stoul(key);
      seen.note(number, number);
    }
  }
}

class Listener {
 public:
  explicit Listener(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    PGresult* result = PQexec(connection_.get(), "LISTEN arrived");
    const bool is_ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!is_ok) fail("listen to the target");
  }

  void observe(Sightings& seen, const std::atomic<bool>& is_over) {
    pollfd entry{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
    while (!seen.is_complete() && !is_over) {
      poll(&entry, 1, kPollMs);
      if (PQconsumeInput(connection_.get()) == 0) fail("the target is gone");
      while (PGnotify* told = PQnotifies(connection_.get())) {
        std::size_t first = 0;
        std::size_t last = 0;
        if (std::sscanf(told->extra, "%zu %zu", &first, &last) == 2) seen.note(first, last);
        PQfreemem(told);
      }
    }
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

void write_evenly(const LagRun& run, std::size_t count, std::vector<TimePoint>& written) {
  mongoc_client_t* client = mongoc_client_new(run.source_uri.c_str());
  mongoc_collection_t* collection =
      mongoc_client_get_collection(client, run.database.c_str(), kBacklogCollection);
  // Acknowledged before it is in the journal: the writer keeps its pace, and the reader's lag holds
  // the wait for the journal as the relay's does.
  mongoc_write_concern_t* concern = mongoc_write_concern_new();
  mongoc_write_concern_set_w(concern, 1);
  mongoc_collection_set_write_concern(collection, concern);
  const TimePoint start = SteadyClock::now();
  bool is_ok = true;
  for (std::size_t i = 0; i < count && is_ok; ++i) {
    std::this_thread::sleep_until(start + i * std::chrono::nanoseconds(std::chrono::seconds(1)) /
                                              run.events_per_second);
    bson_t* document = make_document(static_cast<std::uint32_t>(i), run.document_bytes);
    written[i] = SteadyClock::now();
    is_ok = mongoc_collection_insert_one(collection, document, nullptr, nullptr, nullptr);
    bson_destroy(document);
  }
  mongoc_write_concern_destroy(concern);
  mongoc_collection_destroy(collection);
  mongoc_client_destroy(client);
  if (!is_ok) fail("write to the source");
}

struct Quantiles {
  double median = 0;
  double p99 = 0;
  double max = 0;
};

Quantiles quantiles_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  return {at(0.5), at(0.99), values.back()};
}

void print_quantiles(const char* name, const Quantiles& ms) {
  std::printf(", \"%s\": {\"median\": %.3f, \"p99\": %.3f, \"max\": %.3f}",
              name,
              ms.median,
              ms.p99,
              ms.max);
}

}  // namespace

int measure_lag(const LagRun& run) {
  const std::size_t warm_up = run.events_per_second;
  const std::size_t count = warm_up + std::size_t{run.events_per_second} * run.seconds;
  std::vector<TimePoint> written(count);
  Sightings in_reader(count);
  Sightings in_target(count);
  std::atomic<bool> is_over = false;
  const std::unique_ptr<MongoSource> source =
      open_source({.source_uri = run.source_uri, .database = run.database, .time = {}}, StartNow{});
  Listener listener(run.target_uri);
  Observer reading([&] { observe_stream(*source, in_reader, is_over); });
  Observer listening([&] { listener.observe(in_target, is_over); });
  // Gives up on what has not arrived: the threads then end, and the check below says so.
  std::jthread patience([&](const std::stop_token& stop) {
    const TimePoint end = SteadyClock::now() + std::chrono::seconds(run.seconds + 1) + kPatience;
    while (!stop.stop_requested() && SteadyClock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
    is_over = true;
  });
  write_evenly(run, count, written);
  reading.join();
  listening.join();
  if (!in_reader.is_complete() || !in_target.is_complete())
    fail("not everything has arrived in time");

  std::vector<double> reader_ms;
  std::vector<double> relay_ms;
  std::vector<double> added_ms;
  const auto ms = [](SteadyClock::duration d) {
    return std::chrono::duration<double, std::milli>(d).count();
  };
  for (std::size_t i = warm_up; i < count; ++i) {
    reader_ms.push_back(ms(in_reader.at(i) - written[i]));
    relay_ms.push_back(ms(in_target.at(i) - written[i]));
    added_ms.push_back(ms(in_target.at(i) - in_reader.at(i)));
  }
  const double seconds = std::chrono::duration<double>(written.back() - written.front()).count();
  std::printf("{\"what\": \"lag\", \"count\": %zu, \"events_per_second\": %.1f",
              count - warm_up,
              static_cast<double>(count - 1) / seconds);
  print_quantiles("reader_ms", quantiles_of(reader_ms));
  print_quantiles("relay_ms", quantiles_of(relay_ms));
  print_quantiles("added_ms", quantiles_of(added_ms));
  std::puts("}");
  return 0;
}

}  // namespace relay
