#include "e2e/version_writers.h"

#include <memory>
#include <stdexcept>

#include "e2e/relay_process.h"
#include "support/wait_until.h"

namespace relay {
namespace {

std::string filter_of(std::int64_t key) {
  return R"({"_id": )" + std::to_string(key) + "}";
}

std::string fields_of(std::int64_t key, std::int64_t sequence) {
  return R"("sequence": )" + std::to_string(sequence) + R"(, "text": ")" +
         version_text(key, sequence) + "\"";
}

std::string document_of(std::int64_t key, std::int64_t sequence) {
  return R"({"_id": )" + std::to_string(key) + ", " + fields_of(key, sequence) +
         R"(, "nested": {"sequence": )" + std::to_string(sequence) +
         R"(, "list": [1, {"$numberDecimal": "2.50"}]}, "padding": ")" + std::string(200, 'p') +
         "\"}";
}

std::string change_of(std::int64_t key, std::int64_t sequence) {
  return R"({"$set": {)" + fields_of(key, sequence) + R"(, "nested.sequence": )" +
         std::to_string(sequence) + "}}";
}

}  // namespace

std::string version_text(std::int64_t key, std::int64_t sequence) {
  return std::to_string(key) + "/" + std::to_string(sequence);
}

// One thread's work on keys of its own.
class VersionWriters::Writer {
 public:
  Writer(VersionWriters& all, const WriterPlan& plan, int number)
      : all_(all),
        plan_(plan),
        first_key_(std::int64_t{number} * plan.keys_each),
        random_(plan.seed + static_cast<std::uint64_t>(number)) {}

  void run(const std::stop_token& stop) {
    connect();
    while (!stop.stop_requested()) {
      // A tenth of the keys takes half of the writes.
      const int range = random_() % 2 == 0 ? plan_.keys_each : plan_.keys_each / 10;
      const std::int64_t key =
          first_key_ + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(range));
      try {
        write(key);
        ++all_.write_count_;
      } catch (const std::runtime_error&) {
        ++all_.failure_count_;
        look(key, stop);
      }
    }
  }

 private:
  void connect() { client_ = std::make_unique<MongoClient>(plan_.uri, plan_.database); }

  void write(std::int64_t key) {
    const std::int64_t sequence = ++sequence_;
    const std::string& collection = plan_.collection;
    if (!exists_.try_emplace(key, plan_.is_full).first->second) {
      client_->insert(collection, document_of(key, sequence));
      exists_[key] = true;
      return;
    }
    switch (random_() % 8) {
      case 0:
        client_->remove(collection, filter_of(key));
        exists_[key] = false;
        return;
      case 1:
        client_->remove(collection, filter_of(key));
        exists_[key] = false;
        client_->insert(collection, document_of(key, sequence));
        exists_[key] = true;
        return;
      case 2:
      case 3:
        client_->replace(collection, filter_of(key), document_of(key, sequence));
        return;
      default:
        client_->update(collection, filter_of(key), change_of(key, sequence));
        return;
    }
  }

  // The outcome of the last write is unknown; the server says, once it is back.
  void look(std::int64_t key, const std::stop_token& stop) {
    wait_until(kPatience, [&] {
      if (stop.stop_requested()) return true;
      try {
        // A client that found no server does not look again for five seconds.
        connect();
        exists_[key] = client_->find_one(plan_.collection, filter_of(key)) != nullptr;
        return true;
      } catch (const std::runtime_error&) {
        return false;
      }
    });
  }

  VersionWriters& all_;
  WriterPlan plan_;
  std::int64_t first_key_;
  std::mt19937_64 random_;
  std::int64_t sequence_ = 0;
  std::map<std::int64_t, bool> exists_;
  std::unique_ptr<MongoClient> client_;
};

VersionWriters::VersionWriters(const WriterPlan& plan) {
  for (int number = 0; number < plan.writer_count; ++number) {
    threads_.emplace_back([this, plan, number](const std::stop_token& stop) {
      Writer(*this, plan, number).run(stop);
    });
  }
}

void VersionWriters::stop() {
  for (std::jthread& thread : threads_)
    thread.request_stop();
  threads_.clear();
}

}  // namespace relay
