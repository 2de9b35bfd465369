#include "config/fields.h"

#include <array>
#include <cctype>

namespace relay {
namespace {

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kKib = 1'024;
constexpr std::int64_t kMib = 1'024 * kKib;

using Word = std::string_view;
constexpr std::array<Word, 2> kUpdateWords = {"lookup", "post-image"};
constexpr std::array<Word, 2> kPositionLostWords = {"repair", "stop"};
constexpr std::array<Word, 4> kLogLevelWords = {"debug", "info", "warn", "error"};
constexpr std::array<Word, 2> kLogFormatWords = {"text", "json"};
constexpr std::array<Word, 2> kModeWords = {"mirror", "append"};
constexpr std::array<Word, 2> kEvolveWords = {"off", "add"};
constexpr std::array<Word, 2> kJsonWords = {"plain", "extended"};
constexpr std::array<Word, 2> kDeleteWords = {"delete", "mark"};
constexpr std::array<Word, 3> kDropWords = {"keep", "truncate", "stop"};
constexpr std::array<Word, 8> kFilterWords = {"=", "!=", "<", "<=", ">", ">=", "in", "exists"};

constexpr std::array kSettingFields = {
    Field<Settings>{
        {.section = "source",
         .key = "uri",
         .type = FieldType::uri,
         .help = "The replica set or sharded cluster to read: mongodb:// or mongodb+srv://.",
         .example = R"("mongodb://localhost:27017/?replicaSet=rs0")",
         .flag = "--source"},
        [](Settings& s) { return to_slot(s.source.uri); }},
    Field<Settings>{{.section = "source",
                     .key = "insecure_hosts",
                     .help = "Other machines of source.uri that may be reached without TLS, or "
                             "without verifying it: names with commas between them.",
                     .example = R"("mongo1,mongo2")"},
                    [](Settings& s) { return to_slot(s.source.insecure_hosts); }},
    Field<Settings>{
        {.section = "source",
         .key = "updates",
         .type = FieldType::word,
         .help =
             "How an update gets its full document: fetched as it is now, or as it was right after "
             "the update, where the collection keeps post-images.",
         .words = kUpdateWords},
        [](Settings& s) { return to_slot(s.source.updates); }},
    Field<Settings>{{.section = "source",
                     .key = "await",
                     .type = FieldType::duration,
                     .help = "Longest wait of one read when nothing happens.",
                     .min = 1,
                     .max = kMinute},
                    [](Settings& s) { return to_slot(s.source.await); }},
    Field<Settings>{
        {.section = "source",
         .key = "connect_timeout",
         .type = FieldType::duration,
         .help = "How long reaching the source may take before the attempt counts as failed.",
         .min = 100,
         .max = 10 * kMinute},
        [](Settings& s) { return to_slot(s.source.connect_timeout); }},
    Field<Settings>{{.section = "target",
                     .key = "uri",
                     .type = FieldType::uri,
                     .help = "The database to write to: postgresql://, postgres:// or crate://.",
                     .example = R"("postgresql://localhost/warehouse")",
                     .flag = "--target"},
                    [](Settings& s) { return to_slot(s.target.uri); }},
    Field<Settings>{{.section = "target",
                     .key = "insecure_hosts",
                     .help = "Other machines of target.uri that may be reached without "
                             "sslmode=verify-full: names with commas between them.",
                     .example = R"("warehouse.internal")"},
                    [](Settings& s) { return to_slot(s.target.insecure_hosts); }},
    Field<Settings>{{.section = "target",
                     .key = "batch_rows",
                     .type = FieldType::integer,
                     .help = "Rows in a batch before it is flushed.",
                     .min = 1,
                     .max = 100'000},
                    [](Settings& s) { return to_slot(s.target.batch_rows); }},
    Field<Settings>{{.section = "target",
                     .key = "batch_bytes",
                     .type = FieldType::size,
                     .help = "Bytes in a batch before it is flushed.",
                     .min = 64 * kKib,
                     .max = 64 * kMib},
                    [](Settings& s) { return to_slot(s.target.batch_bytes); }},
    Field<Settings>{{.section = "target",
                     .key = "statement_timeout",
                     .type = FieldType::duration,
                     .help = "How long the target may work on one batch.",
                     .min = 100,
                     .max = 60 * kMinute},
                    [](Settings& s) { return to_slot(s.target.statement_timeout); }},
    Field<Settings>{
        {.section = "target",
         .key = "connect_timeout",
         .type = FieldType::duration,
         .help = "How long reaching the target may take before the attempt counts as failed.",
         .min = 100,
         .max = 10 * kMinute},
        [](Settings& s) { return to_slot(s.target.connect_timeout); }},
    Field<Settings>{{.section = "state",
                     .key = "path",
                     .type = FieldType::text,
                     .help = "The state file (SQLite): positions and snapshot progress.",
                     .min = 1},
                    [](Settings& s) { return to_slot(s.state.path); }},
    Field<Settings>{
        {.section = "stream",
         .key = "start",
         .type = FieldType::start,
         .help = "Where to begin when nothing is stored: snapshot, now, or an ISO 8601 time "
                 "with its zone."},
        [](Settings& s) { return to_slot(s.stream.start); }},
    Field<Settings>{{.section = "stream",
                     .key = "on_position_lost",
                     .type = FieldType::word,
                     .help = "What to do when the source no longer holds the stored position.",
                     .words = kPositionLostWords},
                    [](Settings& s) { return to_slot(s.stream.on_position_lost); }},
    Field<Settings>{{.section = "snapshot",
                     .key = "chunk_rows",
                     .type = FieldType::integer,
                     .help = "Documents read at a time during a snapshot.",
                     .min = 1,
                     .max = 1'000'000},
                    [](Settings& s) { return to_slot(s.snapshot.chunk_rows); }},
    Field<Settings>{{.section = "snapshot",
                     .key = "parallel",
                     .type = FieldType::integer,
                     .help = "Chunks read at the same time.",
                     .min = 1,
                     .max = 64},
                    [](Settings& s) { return to_slot(s.snapshot.parallel); }},
    Field<Settings>{
        {.section = "ha",
         .key = "enabled",
         .type = FieldType::boolean,
         .help = "Wait as a standby while another relay holds the lease, instead of leaving "
                 "(PostgreSQL)."},
        [](Settings& s) { return to_slot(s.ha.enabled); }},
    Field<Settings>{{.section = "ha",
                     .key = "lease",
                     .type = FieldType::duration,
                     .help = "How long a lease lasts without renewal.",
                     .min = 500,
                     .max = 10 * kMinute},
                    [](Settings& s) { return to_slot(s.ha.lease); }},
    Field<Settings>{
        {.section = "http",
         .key = "listen",
         .type = FieldType::text,
         .help = "HOST:PORT of the status page and the metrics; empty switches them off."},
        [](Settings& s) { return to_slot(s.http.listen); }},
    Field<Settings>{
        {.section = "http",
         .key = "token",
         .type = FieldType::secret,
         .help = "Needed for POST when set; POST is refused from other hosts when it is not."},
        [](Settings& s) { return to_slot(s.http.token); }},
    Field<Settings>{{.section = "dead_letter",
                     .key = "limit",
                     .type = FieldType::integer,
                     .help = "More open dead letters than this and the relay stops with exit 6.",
                     .max = 1'000'000'000},
                    [](Settings& s) { return to_slot(s.dead_letter.limit); }},
    Field<Settings>{{.section = "log",
                     .key = "level",
                     .type = FieldType::word,
                     .help = "The least important level that is logged.",
                     .words = kLogLevelWords,
                     .flag = "--log-level"},
                    [](Settings& s) { return to_slot(s.log.level); }},
    Field<Settings>{{.section = "log",
                     .key = "format",
                     .type = FieldType::word,
                     .help = "How a log line looks.",
                     .words = kLogFormatWords,
                     .flag = "--log-format"},
                    [](Settings& s) { return to_slot(s.log.format); }},
};

constexpr std::array kTableFields = {
    Field<TableSettings>{{.key = "from",
                          .help = "database.collection, or a pattern: shop.*, shop.order_*.",
                          .min = 3,
                          .example = R"("shop.orders")"},
                         [](TableSettings& t) { return to_slot(t.from); }},
    Field<TableSettings>{
        {.key = "to",
         .help = "schema.table; {db} and {collection} stand for the names of the source. "
                 "Empty: schema = database, table = collection.",
         .example = R"("sales.orders")"},
        [](TableSettings& t) { return to_slot(t.to); }},
    Field<TableSettings>{
        {.key = "mode",
         .type = FieldType::word,
         .help = "mirror: the table equals the collection. append: every change event is "
                 "a row.",
         .words = kModeWords},
        [](TableSettings& t) { return to_slot(t.mode); }},
    Field<TableSettings>{
        {.key = "columns",
         .type = FieldType::shape,
         .help = "Typed columns, a list of { name, path, type, key, default }. None: one "
                 "JSON column.",
         .example = R"([{ name = "id", path = "_id", type = "text", key = true }])"},
        nullptr},
    Field<TableSettings>{{.key = "rest",
                          .help = "JSON column for all that has no column; empty leaves it out (an "
                                  "allow-list)."},
                         [](TableSettings& t) { return to_slot(t.rest); }},
    Field<TableSettings>{{.key = "exclude",
                          .type = FieldType::shape,
                          .help = "Paths that never reach the target.",
                          .example = R"(["card.number"])"},
                         nullptr},
    Field<TableSettings>{{.key = "where",
                          .type = FieldType::shape,
                          .help = "Filters, a list of { path, op, value }; all must hold.",
                          .example = R"([{ path = "bedrooms", op = ">=", value = 3 }])"},
                         nullptr},
    Field<TableSettings>{
        {.key = "evolve",
         .type = FieldType::word,
         .help = "add: a typed column is added when a new top-level field appears.",
         .words = kEvolveWords},
        [](TableSettings& t) { return to_slot(t.evolve); }},
    Field<TableSettings>{
        {.key = "json",
         .type = FieldType::word,
         .help = "How values look in JSON: readable, or Extended JSON with every type.",
         .words = kJsonWords},
        [](TableSettings& t) { return to_slot(t.json); }},
    Field<TableSettings>{
        {.key = "on_delete",
         .type = FieldType::word,
         .help = "delete: the row goes. mark: the row stays and deleted_at is set.",
         .words = kDeleteWords},
        [](TableSettings& t) { return to_slot(t.on_delete); }},
    Field<TableSettings>{{.key = "on_drop",
                          .type = FieldType::word,
                          .help = "What a dropped or renamed-away collection does to the table.",
                          .words = kDropWords},
                         [](TableSettings& t) { return to_slot(t.on_drop); }},
    Field<TableSettings>{{.key = "schema_file",
                          .help = "A mapping file, instead of columns.",
                          .example = R"("schema/orders.toml")"},
                         [](TableSettings& t) { return to_slot(t.schema_file); }},
    Field<TableSettings>{
        {.key = "stream",
         .help = "The change stream that carries the table; a name of its own gives it one "
                 "of its own.",
         .min = 1,
         .max = 63},
        [](TableSettings& t) { return to_slot(t.stream); }},
};

constexpr std::array kColumnFields = {
    Field<ColumnSettings>{{.key = "name", .help = "The column's name.", .min = 1, .max = 63},
                          [](ColumnSettings& c) { return to_slot(c.name); }},
    Field<ColumnSettings>{{.key = "path", .help = "The field, with dots: address.city.", .min = 1},
                          [](ColumnSettings& c) { return to_slot(c.path); }},
    Field<ColumnSettings>{
        {.key = "type",
         .help = "text, boolean, integer, bigint, double precision, numeric, "
                 "numeric(p,s), timestamp with time zone, uuid, bytea, json, or one of "
                 "them followed by [].",
         .min = 1},
        [](ColumnSettings& c) { return to_slot(c.type); }},
    Field<ColumnSettings>{
        {.key = "key", .type = FieldType::boolean, .help = "Part of the primary key."},
        [](ColumnSettings& c) { return to_slot(c.is_key); }},
    Field<ColumnSettings>{
        {.key = "default",
         .type = FieldType::shape,
         .help = "Stands in for a missing field: a text, number, boolean or time."},
        nullptr},
};

constexpr std::array kFilterFields = {
    Field<FilterSettings>{{.key = "path", .help = "The field, with dots: address.city.", .min = 1},
                          [](FilterSettings& f) { return to_slot(f.path); }},
    Field<FilterSettings>{
        {.key = "op",
         .type = FieldType::word,
         .help = "Numbers compare with numbers only, texts with texts; a missing field "
                 "matches nothing but exists = false.",
         .words = kFilterWords},
        [](FilterSettings& f) { return to_slot(f.op); }},
    Field<FilterSettings>{
        {.key = "value",
         .type = FieldType::shape,
         .help = "A text, number, boolean or time; a list of them for in; true or false "
                 "for exists."},
        nullptr},
};

}  // namespace

std::span<const Field<Settings>> setting_fields() {
  return kSettingFields;
}
std::span<const Field<TableSettings>> table_fields() {
  return kTableFields;
}
std::span<const Field<ColumnSettings>> column_fields() {
  return kColumnFields;
}
std::span<const Field<FilterSettings>> filter_fields() {
  return kFilterFields;
}

std::string format_environment_name(const FieldInfo& info) {
  std::string name = "RELAY_";
  for (const char c : info.section) {
    name.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  name.push_back('_');
  for (const char c : info.key) {
    name.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return name;
}

}  // namespace relay
