#include "cli/verify_run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "cli/stream_maps.h"
#include "core/clock.h"
#include "verify/repair.h"

namespace relay {
namespace {

struct StreamTable {
  std::string stream;
  TableMap* tables = nullptr;
  const TableMapping* mapping = nullptr;
};

// Those that the settings name, and those that patterns make of the collections that exist.
Result<std::vector<StreamTable>> find_tables(ChangeSource& source,
                                             std::map<std::string, TableMap>& maps) {
  const Result<std::vector<CollectionInfo>> listed = source.list_collections();
  if (!listed.ok()) return listed.error();
  std::vector<StreamTable> found;
  for (auto& [stream, tables] : maps) {
    for (const CollectionInfo& collection : listed.value()) {
      if (collection.kind != CollectionKind::collection) continue;
      const auto routed = tables.route(view_of(collection.ns));
      if (!routed.ok()) return routed.error();
    }
    for (const TableMapping* mapping : tables.known())
      found.push_back({.stream = stream, .tables = &tables, .mapping = mapping});
  }
  std::ranges::sort(found, {}, [](const StreamTable& table) { return table.mapping->to; });
  return found;
}

bool is_named(const StreamTable& table, const std::string& name) {
  return name == format_table(table.mapping->to) ||
         name == format_namespace(view_of(table.mapping->from));
}

Status choose(std::vector<StreamTable>& tables, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const bool is_known =
        std::ranges::any_of(tables, [&](const auto& table) { return is_named(table, name); });
    if (is_known) continue;
    std::string all;
    for (const StreamTable& table : tables)
      all += (all.empty() ? "" : ", ") + format_table(table.mapping->to);
    return Error{ErrorKind::config_invalid,
                 "--table " + name + ": the settings lead to no such table",
                 all.empty() ? "relay config show" : "one of: " + all};
  }
  if (!names.empty()) {
    std::erase_if(tables, [&](const StreamTable& table) {
      return std::ranges::none_of(names,
                                  [&](const std::string& name) { return is_named(table, name); });
    });
  }
  return ok_status();
}

std::string describe(RelayWait::Outcome outcome, const std::string& stream) {
  const std::string follow = ": what differs may be changes that it has yet to bring";
  if (outcome == RelayWait::Outcome::nobody)
    return "no relay is running for stream " + stream + follow;
  return "the relay of stream " + stream + " stands still" + follow;
}

class Verifier {
 public:
  Verifier(ChangeSource& source,
           RowReader& reader,
           StreamWatch& watch,
           RowMender* mender,
           const VerifyRequest& request,
           const VerifyHooks& hooks)
      : source_(source),
        reader_(reader),
        watch_(watch),
        mender_(mender),
        request_(request),
        hooks_(hooks) {}

  Status note_standing(const std::string& stream) {
    if (!noted_.try_emplace(stream).second) return ok_status();
    const Result<StreamStanding> standing = watch_.look(stream);
    if (!standing.ok()) return standing.error();
    if (!standing.value().is_held) note(RelayWait::Outcome::nobody, stream);
    return mender_ == nullptr ? ok_status() : mender_->check(stream, standing.value().is_held);
  }

  Result<VerifiedTable> run(const StreamTable& table) {
    std::uint64_t mended = 0;
    const auto take = [&](TableSides& sides, const std::vector<const Dispute*>& differences) {
      for (const Dispute* difference : differences)
        hooks_.on_difference(format_table(sides.mapping().to), *difference);
      return mender_ == nullptr ? ok_status() : repair(table, sides, differences, mended);
    };
    TableCheck check({.source = source_,
                      .reader = reader_,
                      .watch = watch_,
                      .tables = *table.tables,
                      .clock = clock_,
                      .standstill = standstills_[table.stream]},
                     {.stream = table.stream, .patience = request_.patience},
                     take,
                     hooks_.show);
    const Clock::TimePoint start = clock_.now();
    Result<TableOutcome> outcome = check.run(table.mapping);
    if (!outcome.ok()) return outcome.error();
    if (outcome.value().relay != RelayWait::Outcome::passed)
      note(outcome.value().relay, table.stream);
    return VerifiedTable{.outcome = std::move(outcome.value()),
                         .seconds = std::chrono::duration<double>(clock_.now() - start).count(),
                         .mended = mended};
  }

 private:
  Status repair(const StreamTable& table,
                TableSides& sides,
                const std::vector<const Dispute*>& differences,
                std::uint64_t& mended) {
    const std::string name = format_table(table.mapping->to);
    const Result<std::uint64_t> done =
        Repair({.source = source_, .mender = *mender_}, table.stream)
            .run(sides, differences, [&](const Dispute& difference, const std::string& why) {
              hooks_.on_stay(name, difference, why);
            });
    if (!done.ok()) return done.error();
    mended += done.value();
    return ok_status();
  }

  // Once for each stream.
  void note(RelayWait::Outcome outcome, const std::string& stream) {
    if (std::exchange(noted_[stream], true)) return;
    hooks_.on_note(describe(outcome, stream));
  }

  ChangeSource& source_;
  RowReader& reader_;
  StreamWatch& watch_;
  RowMender* mender_;  // Null: nothing is mended.
  const VerifyRequest& request_;
  const VerifyHooks& hooks_;
  SystemClock clock_;
  std::map<std::string, bool> noted_;
  std::map<std::string, Standstill> standstills_;  // By stream.
};

}  // namespace

Result<std::vector<VerifiedTable>> verify_tables(const Settings& settings,
                                                 const VerifyRequest& request,
                                                 const VerifyHooks& hooks) {
  Result<std::map<std::string, TableMap>> maps = make_stream_maps(settings.tables);
  if (!maps.ok()) return maps.error();
  const Result<std::unique_ptr<ChangeSource>> source = make_reading_source(settings);
  if (!source.ok()) return source.error();
  Result<std::vector<StreamTable>> tables = find_tables(*source.value(), maps.value());
  if (!tables.ok()) return tables.error();
  if (Status chosen = choose(tables.value(), request.tables); !chosen.ok()) return chosen.error();
  Result<RowReader> reader =
      RowReader::open({.uri = settings.target.uri,
                       .connect_timeout = settings.target.connect_timeout,
                       .statement_timeout = settings.target.statement_timeout});
  if (!reader.ok()) return reader.error();
  Result<StreamWatch> watch =
      StreamWatch::open({.uri = settings.target.uri,
                         .connect_timeout = settings.target.connect_timeout,
                         .statement_timeout = settings.target.statement_timeout});
  if (!watch.ok()) return watch.error();
  std::optional<RowMender> mender;
  if (request.does_repair) {
    Result<RowMender> opened =
        RowMender::open({.uri = settings.target.uri,
                         .connect_timeout = settings.target.connect_timeout,
                         .statement_timeout = settings.target.statement_timeout});
    if (!opened.ok()) return opened.error();
    mender.emplace(std::move(opened.value()));
  }
  Verifier verifier(
      *source.value(), reader.value(), watch.value(), mender ? &*mender : nullptr, request, hooks);
  std::vector<VerifiedTable> verified;
  for (const StreamTable& table : tables.value()) {
    if (Status noted = verifier.note_standing(table.stream); !noted.ok()) return noted.error();
    Result<VerifiedTable> one = verifier.run(table);
    if (!one.ok()) return one.error();
    hooks.on_table(one.value());
    verified.push_back(std::move(one.value()));
  }
  return verified;
}

}  // namespace relay
