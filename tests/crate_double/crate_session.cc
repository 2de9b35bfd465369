#include "crate_double/crate_session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace relay {
namespace {

using Kind = Statement::Kind;

constexpr std::int32_t kSslRequest = 80'877'103;
constexpr std::int32_t kGssRequest = 80'877'104;

std::string ready(char transaction_status = 'I') {
  return WireAnswer('Z').byte(transaction_status).take();
}

std::string error_answer(const CrateFailure& failure) {
  WireAnswer answer('E');
  const std::array<std::pair<char, std::string>, 5> fields = {{{'S', "ERROR"},
                                                               {'V', "ERROR"},
                                                               {'C', failure.sqlstate},
                                                               {'M', failure.message},
                                                               {'W', "io.crate.Somewhere.java"}}};
  for (const auto& [code, text] : fields)
    answer.byte(code).text(text);
  return answer.byte('\0').take();
}

std::string row_description(const PGresult* result) {
  if (result == nullptr) return WireAnswer('n').take();
  const int count = PQnfields(result);
  WireAnswer answer('T');
  answer.int16(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    answer.text(PQfname(result, i)).int32(0).int16(0);
    answer.int32(PQftype(result, i)).int16(0xFFFF).int32(0xFFFFFFFF);
    answer.int16(static_cast<std::size_t>(PQfformat(result, i)));
  }
  return answer.take();
}

// In binary form PostgreSQL has a version in front of each jsonb, and CrateDB none.
std::string plain_json(Oid type, std::string_view cell) {
  constexpr Oid kJsonb = 3802;
  constexpr Oid kJsonbs = 3807;
  constexpr std::size_t kHeaderBytes = 20;
  if (type == kJsonb) return std::string(cell.substr(1));
  std::string bytes(cell);
  if (type != kJsonbs) return bytes;
  for (std::size_t at = kHeaderBytes; at < bytes.size();) {
    std::int32_t size = WireBody(std::string_view(bytes).substr(at)).int32();
    if (size > 0) {
      --size;
      bytes.erase(at + 4, 1);
      bytes.replace(at, 4, WireAnswer('x').int32(static_cast<std::size_t>(size)).take().substr(5));
    }
    at += 4 + static_cast<std::size_t>(std::max(size, 0));
  }
  return bytes;
}

std::string data_rows(const PGresult* result) {
  std::string rows;
  for (int row = 0; row < PQntuples(result); ++row) {
    WireAnswer answer('D');
    answer.int16(static_cast<std::size_t>(PQnfields(result)));
    for (int column = 0; column < PQnfields(result); ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        answer.int32(0xFFFFFFFF);
        continue;
      }
      const std::string_view cell(PQgetvalue(result, row, column),
                                  static_cast<std::size_t>(PQgetlength(result, row, column)));
      const std::string bytes = PQfformat(result, column) == 1
                                    ? plain_json(PQftype(result, column), cell)
                                    : std::string(cell);
      answer.int32(bytes.size()).bytes(bytes);
    }
    rows += answer.take();
  }
  return rows;
}

std::string tag_of(const Statement& statement, const CrateOutcome& outcome, bool is_bulk) {
  if (!outcome.tag.empty()) return outcome.tag;
  // In a bulk a row that is missing and a row that failed look the same.
  const bool is_nothing = is_bulk && (outcome.count == 0 || outcome.failure);
  const std::string count = is_nothing ? "-3" : std::to_string(outcome.count);
  const std::string word = statement.sql.substr(0, statement.sql.find(' '));
  if (statement.kind == Kind::select || statement.kind == Kind::show) return "SELECT " + count;
  return word + (statement.kind == Kind::insert || statement.kind == Kind::unnest ? " 0 " : " ") +
         count;
}

}  // namespace

CrateStore& CrateSession::store() {
  if (store_ == nullptr) {
    store_ = std::make_unique<CrateStore>(links_.backend_uri, links_.world, links_.die);
    store_->set_user(user_);
  }
  return *store_;
}

bool CrateSession::greet() {
  for (;;) {
    const std::optional<WireMessage> startup = reader_.next_startup();
    if (!startup) return false;
    WireBody body(startup->body);
    const std::int32_t code = body.int32();
    if (code != kSslRequest && code != kGssRequest) {
      for (std::string name = body.text(); !name.empty(); name = body.text()) {
        const std::string value = body.text();
        if (name == "user") user_ = value;
      }
      break;
    }
    if (!send_all(descriptor_, "N")) return false;
  }
  const bool is_refused = links_.world.traps.with([](CrateTraps& traps) {
    if (traps.refused_login_count == 0) return false;
    --traps.refused_login_count;
    return true;
  });
  if (is_refused) {
    static_cast<void>(
        send_all(descriptor_,
                 error_answer({.sqlstate = "28000",
                               .message = "password authentication failed for user \"crate\""})));
    return false;
  }
  std::string greeting = WireAnswer('R').int32(0).take();
  const std::array<std::pair<const char*, std::string>, 8> parameters = {
      {{"crate_version", links_.version},
       {"server_version", "14.0"},
       {"server_encoding", "UTF8"},
       {"client_encoding", "UTF8"},
       {"datestyle", "ISO"},
       {"TimeZone", "UTC"},
       {"integer_datetimes", "on"},
       {"standard_conforming_strings", "on"}}};
  for (const auto& [name, value] : parameters)
    greeting += WireAnswer('S').text(name).text(value).take();
  return send_all(descriptor_, greeting + ready());
}

void CrateSession::serve() {
  if (!greet()) return;
  while (!is_over_) {
    const std::optional<WireMessage> message = reader_.next();
    if (!message || message->type == 'X') return;
    take(*message);
  }
}

void CrateSession::take(const WireMessage& message) {
  if (message.type == 'S') return reply();
  if (is_failed_) return;
  switch (message.type) {
    case 'Q':
      return take_query(WireBody(message.body).text());
    case 'P':
      return take_parse(message.body);
    case 'B':
      return take_bind(message.body);
    case 'D':
      return take_describe(message.body);
    case 'E':
      return take_execute();
    case 'H':
      run_held();
      for (const std::string& answer : std::exchange(answers_, {}))
        is_over_ = is_over_ || !send_all(descriptor_, answer);
      return;
    case 'C':
      answers_.push_back(WireAnswer('3').take());
      return;
    default:
      return fail({.message = "Unsupported message"});
  }
}

void CrateSession::take_parse(const std::string& body) {
  WireBody parse(body);
  const std::string name = parse.text();
  Statement statement = parse_statement(parse.text());
  if (statement.kind == Kind::unsupported)
    return fail({.sqlstate = "42601", .message = "mismatched input"});
  statements_[name] = std::move(statement);
  answers_.push_back(WireAnswer('1').take());
}

void CrateSession::take_bind(const std::string& body) {
  WireBody bind(body);
  static_cast<void>(bind.text());
  const std::string name = bind.text();
  const auto statement = statements_.find(name);
  if (statement == statements_.end())
    return fail({.message = "No statement found with name: " + name});
  portal_ = {.statement = statement->second, .parameters = {}};
  std::vector<std::int16_t> formats(static_cast<std::size_t>(bind.int16()));
  for (std::int16_t& format : formats)
    format = bind.int16();
  const auto count = static_cast<std::size_t>(bind.int16());
  for (std::size_t i = 0; i < count; ++i) {
    const std::int16_t format = formats.empty()       ? std::int16_t{0}
                                : formats.size() == 1 ? formats[0]
                                                      : formats.at(i);
    const std::int32_t size = bind.int32();
    CrateParameter parameter{.is_null = size < 0, .is_binary = format == 1};
    if (size > 0) parameter.bytes = bind.bytes(static_cast<std::size_t>(size));
    portal_.parameters.push_back(std::move(parameter));
  }
  if (bind.int16() > 0) portal_.form = bind.int16();
  answers_.push_back(WireAnswer('2').take());
}

void CrateSession::take_describe(const std::string& body) {
  if (body.starts_with('S')) answers_.push_back(WireAnswer('t').int16(0).take());
  if (body.starts_with('P')) portal_.describe_at = static_cast<int>(answers_.size());
  answers_.push_back(WireAnswer('n').take());
}

void CrateSession::take_execute() {
  const Held held{.portal = portal_, .answer_at = answers_.size()};
  answers_.emplace_back();
  if (portal_.statement.is_write()) {
    held_.push_back(held);
    return;
  }
  if (!held_.empty())
    return fail({.message = "Only write operations are allowed in Batch statements"});
  const CrateOutcome outcome =
      store().run(held.portal.statement, held.portal.parameters, held.portal.form);
  if (outcome.failure) return fail(*outcome.failure);
  answer_execute(held, outcome, false);
}

void CrateSession::answer_execute(const Held& held, const CrateOutcome& outcome, bool is_bulk) {
  std::string& answer = answers_[held.answer_at];
  if (held.portal.describe_at >= 0)
    answers_[static_cast<std::size_t>(held.portal.describe_at)] =
        row_description(outcome.rows.get());
  if (outcome.rows != nullptr) answer += data_rows(outcome.rows.get());
  answer += WireAnswer('C').text(tag_of(held.portal.statement, outcome, is_bulk)).take();
}

void CrateSession::fail(const CrateFailure& failure) {
  answers_.push_back(error_answer(failure));
  held_.clear();
  is_failed_ = true;
}

void CrateSession::run_held() {
  std::vector<Held> all = std::exchange(held_, {});
  std::vector<std::vector<Held*>> groups;
  for (Held& held : all) {
    const auto group = std::ranges::find_if(groups, [&](const std::vector<Held*>& other) {
      return other.front()->portal.statement.sql == held.portal.statement.sql;
    });
    if (group == groups.end()) {
      groups.push_back({&held});
    } else {
      group->push_back(&held);
    }
  }
  // Answers come in the order in which the groups run: where texts alternate, in the place of
  // another's.
  std::vector<std::size_t> places;
  for (const Held& held : all)
    places.push_back(held.answer_at);
  auto place = places.begin();
  for (const std::vector<Held*>& group : groups) {
    for (Held* held : group)
      held->answer_at = *place++;
  }
  for (const std::vector<Held*>& group : groups) {
    if (!is_failed_ && !is_over_) run_group(group);
  }
}

void CrateSession::run_group(const std::vector<Held*>& group) {
  const bool is_bulk = group.size() > 1;
  std::optional<CrateFailure> found;
  if (is_bulk && group.front()->portal.statement.kind == Kind::unnest)
    found = CrateFailure{.message = "Bulk operation not supported for Insert"};
  for (const Held* held : group) {
    if (!found) found = CrateStore::analyse(held->portal.statement, held->portal.parameters);
  }
  for (const Held* held : group) {
    CrateOutcome outcome{.failure = found};
    if (!found) outcome = store().run(held->portal.statement, held->portal.parameters);
    const bool is_error = found || (outcome.failure && !is_bulk);
    if (!is_error) {
      answer_execute(*held, outcome, is_bulk);
      continue;
    }
    // Each Execute of the group gets the error: libpq has more errors than statements then.
    answers_[held->answer_at] = error_answer(*outcome.failure);
    is_failed_ = true;
  }
}

void CrateSession::reply() {
  // Of an error that was found before anything ran.
  const char transaction_status = is_failed_ ? 'E' : 'I';
  run_held();
  is_failed_ = false;
  portal_ = {};
  std::string bytes;
  for (const std::string& answer : std::exchange(answers_, {}))
    bytes += answer;
  if (reader_.has_another_sync()) {
    // Overtaken by what is shorter.
    waiting_ = bytes.size() < waiting_.size() ? bytes + waiting_ : waiting_ + bytes;
    ++waiting_count_;
    return;
  }
  if (waiting_count_ > 0)
    bytes = bytes.size() < waiting_.size() ? bytes + waiting_ : waiting_ + bytes;
  bytes += ready(transaction_status);
  for (; waiting_count_ > 0; --waiting_count_)
    bytes += ready();
  waiting_.clear();
  is_over_ = is_over_ || !send_all(descriptor_, bytes);
}

void CrateSession::take_query(const std::string& sql) {
  const Statement statement = parse_statement(sql);
  const CrateOutcome outcome = store().run(statement, {});
  if (outcome.failure) {
    answers_.push_back(error_answer(*outcome.failure));
  } else {
    if (outcome.rows != nullptr)
      answers_.push_back(row_description(outcome.rows.get()) + data_rows(outcome.rows.get()));
    answers_.push_back(WireAnswer('C').text(tag_of(statement, outcome, false)).take());
  }
  reply();
}

}  // namespace relay
