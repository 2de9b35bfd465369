#include "decode/event_decoder.h"

#include <array>
#include <string>
#include <utility>

namespace relay {
namespace {

constexpr std::array<std::pair<std::string_view, OperationType>, 12> kOperations = {{
    {"insert", OperationType::insert},
    {"update", OperationType::update},
    {"replace", OperationType::replace},
    {"delete", OperationType::delete_},
    {"invalidate", OperationType::invalidate},
    {"drop", OperationType::drop},
    {"rename", OperationType::rename},
    {"dropDatabase", OperationType::drop_database},
    {"create", OperationType::create},
    {"createIndexes", OperationType::create_indexes},
    {"dropIndexes", OperationType::drop_indexes},
    {"modify", OperationType::modify},
}};

OperationType to_operation(std::string_view name) {
  for (const auto& [word, operation] : kOperations) {
    if (word == name) return operation;
  }
  return OperationType::unknown;
}

bool is_row_operation(OperationType operation) {
  return operation == OperationType::insert || operation == OperationType::update ||
         operation == OperationType::replace || operation == OperationType::delete_;
}

Error bad_event(std::string_view what) {
  return {ErrorKind::bad_document, std::string("decode change event: ").append(what), ""};
}

// No data: absent, no string, or malformed before it.
TokenView to_token(const BsonElement& element) {
  TokenView token;
  BsonReader reader;
  if (element.type != BsonType::document || !reader.open(element.document())) return token;
  BsonElement part;
  while (reader.next(part) == BsonReader::Step::element) {
    if (part.name() == "_data" && part.type == BsonType::string) token.data = part.text();
    if (part.name() == "_typeBits" && part.type == BsonType::binary) {
      token.type_bits = RawDocument(part.value_at, part.value_size).subspan(5);  // Size, subtype.
    }
  }
  return token;
}

NamespaceView to_namespace(const BsonElement& element) {
  NamespaceView ns;
  BsonReader reader;
  if (element.type != BsonType::document || !reader.open(element.document())) return ns;
  BsonElement part;
  while (reader.next(part) == BsonReader::Step::element) {
    if (part.type != BsonType::string) continue;
    if (part.name() == "db") ns.database = part.text();
    if (part.name() == "coll") ns.collection = part.text();
  }
  return ns;
}

// False: not two numbers, the first of them within the second.
bool take_fragment(const BsonElement& element, ChangeEvent& event) {
  BsonReader reader;
  if (element.type != BsonType::document || !reader.open(element.document())) return false;
  BsonElement part;
  while (reader.next(part) == BsonReader::Step::element) {
    if (part.type != BsonType::int32) continue;
    const auto number = static_cast<std::int32_t>(load_u32(part.value_at));
    if (part.name() == "fragment") event.fragment = number;
    if (part.name() == "of") event.fragment_count = number;
  }
  return event.fragment >= 1 && event.fragment <= event.fragment_count;
}

RawDocument to_document(const BsonElement& element) {
  return element.type == BsonType::document ? element.document() : RawDocument();
}

// The fields by the length of their names, which differ but for three pairs.
// False: clusterTime is no timestamp, or splitEvent no place among fragments.
bool take_field(const BsonElement& element, ChangeEvent& event) {
  const std::string_view name = element.name();
  switch (name.size()) {
    case 2:
      if (name == "ns") event.ns = to_namespace(element);
      if (name == "to") event.to = to_namespace(element);
      break;
    case 3:
      if (name == "_id") event.token = to_token(element);
      break;
    case 4:
      if (name == "lsid") event.transaction_session = to_document(element);
      break;
    case 8:
      if (name == "wallTime" && element.type == BsonType::date) {
        event.wall_time_ms = load_i64(element.value_at);
      }
      break;
    case 9:
      if (name == "txnNumber" && element.type == BsonType::int64) {
        event.transaction_number = load_i64(element.value_at);
      }
      break;
    case 10:
      if (name == "splitEvent") return take_fragment(element, event);
      break;
    case 11:
      if (name == "documentKey") event.document_key = to_document(element);
      if (name == "clusterTime") {
        if (element.type != BsonType::timestamp) return false;
        event.cluster_time = {load_u32(element.value_at + 4), load_u32(element.value_at)};
      }
      break;
    case 12:
      if (name == "fullDocument") event.full_document = to_document(element);
      break;
    case 13:
      if (name == "operationType" && element.type == BsonType::string) {
        event.operation_name = element.text();
        event.operation = to_operation(event.operation_name);
      }
      break;
    case 20:
      if (name == "operationDescription") event.operation_description = to_document(element);
      break;
    case 17:
      if (name == "updateDescription") event.update_description = to_document(element);
      break;
    default:
      break;
  }
  return true;
}

// The first thing that is missing; empty: nothing is.
std::string_view find_missing(const ChangeEvent& event) {
  if (event.token.data.empty()) return "_id._data";
  if (event.operation_name.empty()) return "operationType";
  if (!is_row_operation(event.operation)) return {};
  if (event.ns.database.empty() || event.ns.collection.empty()) return "ns";
  if (event.document_key.empty()) return "documentKey";
  return {};
}

}  // namespace

Result<ChangeEvent> decode_event(RawDocument event) {
  BsonReader reader;
  if (!reader.open(event)) return bad_event("malformed BSON");
  Result<ChangeEvent> result{ChangeEvent{}};
  ChangeEvent& decoded = result.value();
  BsonElement element;
  for (;;) {
    const BsonReader::Step step = reader.next(element);
    if (step == BsonReader::Step::malformed) return bad_event("malformed BSON");
    if (step == BsonReader::Step::end) break;
    if (!take_field(element, decoded)) {
      return bad_event(std::string(element.name()).append(" is of another type"));
    }
  }
  // Of a fragment only the token is certain to be in it.
  if (decoded.fragment_count > 0 && !decoded.token.data.empty()) return result;
  const Status whole = check_whole(decoded);
  if (!whole.ok()) return whole.error();
  return result;
}

Status check_whole(const ChangeEvent& event) {
  const std::string_view missing = find_missing(event);
  if (missing.empty()) return ok_status();
  return bad_event(std::string(missing).append(" is missing or of another type"));
}

bool makes_collection(const ChangeEvent& event) {
  BsonReader reader;
  if (event.operation_description.empty() || !reader.open(event.operation_description)) return true;
  BsonElement part;
  while (reader.next(part) == BsonReader::Step::element) {
    if (part.name() == "viewOn" || part.name() == "timeseries") return false;
  }
  return true;
}

EventWalker::EventWalker(RawDocument events) {
  if (events.empty()) {
    state_ = State::ended;
  } else if (!reader_.open(events)) {
    state_ = State::malformed;
  }
}

Result<std::optional<RawDocument>> EventWalker::next() {
  if (state_ == State::open) {
    BsonElement element;
    const BsonReader::Step step = reader_.next(element);
    if (step == BsonReader::Step::element && element.type == BsonType::document) {
      return std::optional<RawDocument>(element.document());
    }
    state_ = step == BsonReader::Step::end ? State::ended : State::malformed;
  }
  if (state_ == State::ended) return std::optional<RawDocument>();
  return Error{ErrorKind::bad_document, "walk events of a reply: malformed BSON", ""};
}

}  // namespace relay
