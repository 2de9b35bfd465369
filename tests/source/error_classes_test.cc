#include "source/error_classes.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <mongoc/mongoc.h>

#include "source/captured.h"

namespace relay {
namespace {

constexpr std::uint32_t kServer = MONGOC_ERROR_SERVER;

ErrorKind kind_of(SourcePhase phase,
                  std::uint32_t domain,
                  std::int64_t code,
                  std::string_view text = "") {
  return classify({.phase = phase, .driver_domain = domain, .code = code, .text = text}).kind;
}

// nullopt: the reply is not an error.
std::optional<SourceFailure> to_failure(const CapturedLine& line, SourcePhase phase) {
  bson_t reply;
  if (!bson_init_static(&reply, line.bson.data(), line.bson.size())) return std::nullopt;
  bson_iter_t at;
  if (!bson_iter_init_find(&at, &reply, "code")) return std::nullopt;
  return SourceFailure{
      .phase = phase,
      .driver_domain = kServer,
      .code = bson_iter_as_int64(&at),
      .is_resumable = mongoc_error_has_label(&reply, "ResumableChangeStreamError"),
  };
}

// Each error reply that a real server gave, in the phase it was given in. A captured error that is
// not in this table fails the test, and so does a line of the table that was not captured.
TEST(ErrorClassesTest, EveryCapturedErrorHasItsKind) {
  using enum ErrorKind;
  const std::map<std::string, std::pair<SourcePhase, ErrorKind>> expected = {
      {"getMore on the closed cursor: 43", {SourcePhase::read, source_unavailable}},
      {"resumeAfter with an invalidate token: 260", {SourcePhase::open, source_refused}},
      {"two start options: 50865", {SourcePhase::open, source_unknown}},
      {"two start options: 40674", {SourcePhase::open, source_unknown}},
      {"token not hex: 9", {SourcePhase::open, source_refused}},
      {"token cut: 15", {SourcePhase::open, source_refused}},
      {"token empty: 40649", {SourcePhase::open, source_refused}},
      {"token without _data: 40647", {SourcePhase::open, source_refused}},
      {"stage unknown to this version: 40324", {SourcePhase::open, source_unknown}},
      {"option unknown to this version: 40415", {SourcePhase::open, source_unknown}},
      {"internal database: 73", {SourcePhase::open, source_refused}},
      {"view: 166", {SourcePhase::open, source_refused}},
      {"read concern local: 72", {SourcePhase::open, source_unknown}},
      {"event token not found again: 280", {SourcePhase::read, token_not_found}},
      {"required image missing: 47", {SourcePhase::read, source_unknown}},
      {"event over 16 MB: 10334", {SourcePhase::read, event_too_large}},
      {"  the getMore after it: 43", {SourcePhase::read, source_unavailable}},
      {"NotWritablePrimary by failpoint: 10107", {SourcePhase::read, source_unavailable}},
      {"InterruptedDueToReplStateChange by failpoint: 11602",
       {SourcePhase::read, source_unavailable}},
      {"ShutdownInProgress by failpoint: 91", {SourcePhase::read, source_unavailable}},
      {"Unauthorized by failpoint: 13", {SourcePhase::read, source_refused}},
      {"WriteConflict by failpoint: 112", {SourcePhase::read, source_unknown}},
      {"ExceededTimeLimit by failpoint: 262", {SourcePhase::read, source_unavailable}},
      {"ChangeStreamHistoryLost by failpoint: 286", {SourcePhase::read, position_lost}},
      {"find afterClusterTime in the future: 72", {SourcePhase::look_up, source_unknown}},
      {"open cursor overtaken by the oplog: 136", {SourcePhase::read, source_unavailable}},
      {"start point gone: 286, on the first getMore", {SourcePhase::read, position_lost}},
  };
  std::size_t seen = 0;
  for (const CapturedLine& line : load_captured("replies-6.0.5.jsonl")) {
    const auto row = expected.find(line.what);
    const SourcePhase phase = row == expected.end() ? SourcePhase::read : row->second.first;
    const std::optional<SourceFailure> failure = to_failure(line, phase);
    ASSERT_EQ(failure.has_value(), row != expected.end()) << line.what;
    if (!failure) continue;
    ++seen;
    EXPECT_EQ(classify(*failure).kind, row->second.second) << line.what;
  }
  EXPECT_EQ(seen, expected.size());
}

TEST(ErrorClassesTest, EveryServerCodeOfTheTablesHasItsKind) {
  using enum ErrorKind;
  const std::vector<std::tuple<std::int64_t, SourcePhase, ErrorKind>> rows = {
      {286, SourcePhase::open, position_lost},
      {280, SourcePhase::open, token_not_found},
      {50'810, SourcePhase::open, token_not_found},
      {50'826, SourcePhase::open, token_not_found},
      {14, SourcePhase::open, source_refused},
      {13, SourcePhase::open, source_refused},
      {13, SourcePhase::look_up, source_refused},
      {13, SourcePhase::inspect, source_refused},
      {18, SourcePhase::connect, source_refused},
      {40'573, SourcePhase::open, source_refused},
      {166, SourcePhase::look_up, source_refused},
      {26, SourcePhase::open, source_unavailable},
      {43, SourcePhase::look_up, source_unavailable},
      {237, SourcePhase::read, source_unavailable},
      {11'601, SourcePhase::read, source_unavailable},
      {175, SourcePhase::snapshot, source_unavailable},
      {175, SourcePhase::look_up, source_unavailable},
      {239, SourcePhase::snapshot, source_unavailable},
      {246, SourcePhase::snapshot, source_unavailable},
      {43, SourcePhase::snapshot, source_unavailable},
      {136, SourcePhase::snapshot, source_unavailable},
      {13, SourcePhase::snapshot, source_refused},
      {166, SourcePhase::snapshot, source_refused},
      {168, SourcePhase::snapshot, source_refused},
  };
  for (const auto& [code, phase, kind] : rows) {
    EXPECT_EQ(kind_of(phase, kServer, code), kind) << "code " << code;
  }
}

// Servers before 4.4 send these without a label.
TEST(ErrorClassesTest, PassingCodesAreWaitedForWithoutALabel) {
  // clang-format off
  for (const std::int64_t code : {6, 7, 63, 89, 91, 133, 150, 189, 234, 262, 9'001, 10'107,
                                  11'600, 11'602, 13'388, 13'435, 13'436}) {
    // clang-format on
    EXPECT_EQ(kind_of(SourcePhase::read, kServer, code), ErrorKind::source_unavailable) << code;
    EXPECT_EQ(kind_of(SourcePhase::look_up, kServer, code), ErrorKind::source_unavailable) << code;
  }
}

TEST(ErrorClassesTest, NumbersMeanSomethingElseInOtherCommands) {
  EXPECT_EQ(kind_of(SourcePhase::look_up, kServer, 9), ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::read, kServer, 15), ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::read, kServer, 7'182'500), ErrorKind::event_too_large);
  EXPECT_EQ(kind_of(SourcePhase::look_up, kServer, 10'334), ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::snapshot, kServer, 10'334), ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::open, kServer, 168), ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::read, kServer, 50'810), ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::open, kServer, 50'809), ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::open, kServer, 50'827), ErrorKind::source_unknown);
}

TEST(ErrorClassesTest, LabelMakesAnUnknownCodePassingButNotALostPosition) {
  EXPECT_EQ(kind_of(SourcePhase::read, kServer, 112), ErrorKind::source_unknown);
  EXPECT_EQ(
      classify(
          {.phase = SourcePhase::read, .driver_domain = kServer, .code = 112, .is_resumable = true})
          .kind,
      ErrorKind::source_unavailable);
  EXPECT_EQ(
      classify(
          {.phase = SourcePhase::read, .driver_domain = kServer, .code = 286, .is_resumable = true})
          .kind,
      ErrorKind::position_lost);
}

TEST(ErrorClassesTest, RefusalsSayWhatToType) {
  for (const std::int64_t code : {9, 13, 14, 15, 18, 73, 166, 260, 40'573, 40'647, 40'649}) {
    const ErrorClass found =
        classify({.phase = SourcePhase::open, .driver_domain = kServer, .code = code});
    EXPECT_EQ(found.kind, ErrorKind::source_refused) << code;
    EXPECT_FALSE(found.hint.empty()) << code;
  }
  EXPECT_NE(kStandaloneHint.find("rs.initiate()"), std::string_view::npos);
}

TEST(ErrorClassesTest, NetworkTroubleIsWaitedFor) {
  using enum ErrorKind;
  EXPECT_EQ(
      kind_of(SourcePhase::read, MONGOC_ERROR_STREAM, MONGOC_ERROR_STREAM_SOCKET, "socket error"),
      source_unavailable);
  EXPECT_EQ(kind_of(SourcePhase::connect, MONGOC_ERROR_STREAM, MONGOC_ERROR_STREAM_NAME_RESOLUTION),
            source_unavailable);
  EXPECT_EQ(kind_of(SourcePhase::connect,
                    MONGOC_ERROR_SERVER_SELECTION,
                    MONGOC_ERROR_SERVER_SELECTION_FAILURE),
            source_unavailable);
  EXPECT_EQ(kind_of(SourcePhase::open,
                    MONGOC_ERROR_SERVER_SELECTION,
                    MONGOC_ERROR_SERVER_SELECTION_INVALID_ID),
            source_unavailable);
}

TEST(ErrorClassesTest, WrongPasswordIsRefusedAndABrokenLoginIsWaitedFor) {
  using enum ErrorKind;
  const auto login = [](std::string_view text) {
    return kind_of(SourcePhase::open, MONGOC_ERROR_CLIENT, MONGOC_ERROR_CLIENT_AUTHENTICATE, text);
  };
  EXPECT_EQ(login("Authentication failed."), source_refused);
  EXPECT_EQ(
      login(
          "Failed to send \"saslStart\" command with database \"admin\": socket error or timeout"),
      source_unavailable);
  EXPECT_EQ(login("The server is in quiesce mode and will shut down"), source_unavailable);
  EXPECT_EQ(login("interrupted at shutdown"), source_unavailable);
  EXPECT_EQ(
      kind_of(SourcePhase::open, MONGOC_ERROR_SCRAM, 1, "SCRAM Failure: bad server signature"),
      source_refused);
  EXPECT_EQ(kind_of(SourcePhase::open, MONGOC_ERROR_SASL, 1, "GSSAPI: no ticket"), source_refused);
  EXPECT_EQ(kind_of(SourcePhase::open, MONGOC_ERROR_CLIENT, MONGOC_ERROR_CLIENT_NOT_READY),
            source_unknown);
}

TEST(ErrorClassesTest, WrongCertificateIsRefusedAndACutHandshakeIsWaitedFor) {
  using enum ErrorKind;
  const auto handshake = [](std::string_view text) {
    return classify({.phase = SourcePhase::connect,
                     .driver_domain = MONGOC_ERROR_SERVER_SELECTION,
                     .code = MONGOC_ERROR_SERVER_SELECTION_FAILURE,
                     .text = text});
  };
  const ErrorClass untrusted = handshake(
      "No suitable servers found: `serverSelectionTimeoutMS` expired: [TLS handshake failed: "
      "certificate verify failed (18): self-signed certificate calling hello on 'db:27017']");
  EXPECT_EQ(untrusted.kind, source_refused);
  EXPECT_FALSE(untrusted.hint.empty());
  EXPECT_EQ(handshake("TLS handshake failed: Failed certificate verification").kind,
            source_refused);
  EXPECT_EQ(
      handshake("TLS handshake failed: error:0A00010B:SSL routines::wrong version number").kind,
      source_refused);
  EXPECT_EQ(handshake("Failed initialize TLS state.").kind, source_refused) << "a missing file";
  const ErrorClass cut =
      handshake("TLS handshake failed: error:0A000126:SSL routines::unexpected eof while reading");
  EXPECT_EQ(cut.kind, source_unavailable);
  EXPECT_FALSE(cut.hint.empty());
  EXPECT_EQ(handshake("TLS handshake failed: Connection reset by peer").kind, source_unavailable);
}

TEST(ErrorClassesTest, ServersOfAnotherProtocolAgeAreRefused) {
  EXPECT_EQ(
      kind_of(SourcePhase::connect, MONGOC_ERROR_PROTOCOL, MONGOC_ERROR_PROTOCOL_BAD_WIRE_VERSION),
      ErrorKind::source_refused);
  EXPECT_EQ(kind_of(SourcePhase::read, MONGOC_ERROR_PROTOCOL, MONGOC_ERROR_PROTOCOL_INVALID_REPLY),
            ErrorKind::source_unknown);
  EXPECT_EQ(kind_of(SourcePhase::read, MONGOC_ERROR_BSON, 1), ErrorKind::source_unknown);
}

}  // namespace
}  // namespace relay
