// PgConnection: one libpq connection whose every wait has an end. Private to apply/: it shows
// libpq's types.
//
// Non-blocking throughout and always in pipeline mode; statements are sent by PgPipeline. libpqxx
// is not used here because its calls cannot be bounded: a server that falls silent would hold the
// thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <libpq-fe.h>

#include "apply/interrupt.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/target_kind.h"

namespace relay {

class PgConnection {
 public:
  // What the server may take longer than its own statement timeout: cancelling, and the network.
  static constexpr std::chrono::milliseconds kSilenceMargin{5'000};

  struct Options {
    Secret uri;
    std::chrono::milliseconds connect_timeout{
        10'000};  // For the whole of connecting, name look-up apart.
    std::chrono::milliseconds statement_timeout{60'000};  // Kept by the server.
    // Once raised, every single wait ends within two seconds. Outlives the connection; null: never.
    const Interrupt* interrupt = nullptr;
  };

  // Connects, finds out what the server is, and sets the session up. config_invalid: the URI is
  // none. sink_refused: a server that rows would be lost on.
  static Result<std::unique_ptr<PgConnection>> open(const Options& options);

  [[nodiscard]] TargetKind kind() const { return kind_; }

  // False: unusable, whatever was asked. A connection does not come back.
  [[nodiscard]] bool is_open() const {
    return !is_abandoned_ && PQstatus(handle_.get()) == CONNECTION_OK;
  }

  // True: the session is outside of any transaction.
  [[nodiscard]] bool is_idle() const { return PQtransactionStatus(handle_.get()) == PQTRANS_IDLE; }

  // Writes what is queued, reading meanwhile, so that neither side can wait for the other. False:
  // the connection is gone or the server silent.
  bool flush();

  // The next result; null as PQgetResult() has it. A connection that broke yields an error result
  // or null.
  struct FreeResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using ResultHandle = std::unique_ptr<PGresult, FreeResult>;
  ResultHandle next_result();

  // The next piece of a COPY ... TO STDOUT, as PQgetCopyData() gives it.
  struct FreeMemory {
    void operator()(char* memory) const { PQfreemem(memory); }
  };
  struct CopyPiece {
    std::unique_ptr<char, FreeMemory> bytes;
    int size = 0;  // -1: there are no more, next_result() says why; -2: the connection broke.
  };
  CopyPiece next_copy_piece();

  // Makes is_open() false.
  void abandon() { is_abandoned_ = true; }

  // Why is_open() is false.
  [[nodiscard]] std::string lost_reason() const;

  // The longest time without a byte in either direction. The server ends its statements by itself,
  // so a longer silence means that it, or the way to it, is gone.
  void set_silence_max(std::chrono::milliseconds silence_max) { silence_max_ = silence_max; }

  [[nodiscard]] PGconn* handle() const { return handle_.get(); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Handle = std::unique_ptr<PGconn, Finish>;

  PgConnection(Handle handle, const Options& options)
      : handle_(std::move(handle)),
        interrupt_(options.interrupt),
        silence_max_(options.statement_timeout + kSilenceMargin) {}

  static Result<Handle> connect(const Options& options);
  // False: neither side moved a byte for too long; the connection is abandoned.
  bool wait(short events);
  Status check_server();
  Status set_session(std::chrono::milliseconds statement_timeout);

  Handle handle_;
  const Interrupt* interrupt_;
  TargetKind kind_ = TargetKind::postgresql;
  std::chrono::milliseconds silence_max_;
  std::optional<std::chrono::milliseconds> silence_;  // How long the wait was that was given up.
  bool is_abandoned_ = false;
};

}  // namespace relay
