// Targets with conditions of their own: a disk that is full, connections that have to be encrypted.
#include <fstream>
#include <iostream>
#include <pwd.h>
#include <random>
#include <string>
#include <system_error>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/mount.h>

#include "e2e/certificates.h"
#include "fault/fault_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr std::size_t kMebibyte = 1U << 20U;

// Whom PostgreSQL runs as: not as root.
uid_t server_user() {
  const passwd* entry = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  return entry == nullptr ? geteuid() : entry->pw_uid;
}

// A disk of its own, of a few megabytes, for a tablespace.
class SmallDisk {
 public:
  SmallDisk() {
    if (geteuid() != 0) return;
    directory_.give_to("postgres");
    is_mounted_ = mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=8m,mode=0777") == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) umount2(directory_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // Not everybody may mount.
  [[nodiscard]] bool is_mounted() const { return is_mounted_; }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path(); }
  void fill() const {
    std::ofstream file(path() / "filler");
    const std::string block(kMebibyte, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())))
      file.flush();
  }
  void make_room() const { std::filesystem::remove(path() / "filler"); }

 private:
  TemporaryDirectory directory_;
  bool is_mounted_ = false;
};

class OwnTargetTest : public FaultTest {
 protected:
  void insert_large(int first, int end) {
    std::vector<Bson> documents;
    std::mt19937_64 random(1);
    for (int key = first; key < end; ++key) {
      std::string padding;  // That does not compress well.
      while (padding.size() < 20'000)
        padding += std::to_string(random());
      documents.emplace_back(R"({"_id": )" + std::to_string(key) + R"(, "padding": ")" + padding +
                             "\"}");
    }
    source_.insert_raw("orders", documents);
  }
};

TEST_F(OwnTargetTest, AFullDiskIsWaitedForUntilThereIsRoom) {
  SmallDisk disk;  // Goes after the server that has files on it.
  std::cout << (disk.is_mounted() ? "a disk of 8 MB" : "no right to mount") << std::endl;
  PostgresServer server;
  PgSession session(server.uri());
  if (disk.is_mounted()) {
    std::filesystem::create_directory(disk.path() / "space");
    std::filesystem::permissions(disk.path() / "space", std::filesystem::perms::all);
    if (chown((disk.path() / "space").c_str(), server_user(), static_cast<gid_t>(-1)) != 0)
      throw std::system_error(errno, std::generic_category(), "chown");
    session.run("CREATE TABLESPACE small LOCATION '" + (disk.path() / "space").string() + "'");
    session.run("ALTER DATABASE relay SET default_tablespace = small");
  }
  const auto relay = start_between(mongo().uri(), server.uri());
  const auto count = [&] { return session.cell("SELECT count(*) FROM sales.orders"); };
  insert_large(0, 10);
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return !session.cell("SELECT to_regclass('sales.orders')").empty() && count() == "10";
  })) << relay->log();
  if (disk.is_mounted()) {
    disk.fill();
  } else {
    // The same answer of the server, by other means.
    session.run(
        "CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING "
        "ERRCODE = ''53100''; END'; CREATE TRIGGER full BEFORE INSERT ON sales.orders FOR EACH ROW "
        "EXECUTE FUNCTION full()");
  }
  insert_large(10, 100);
  EXPECT_TRUE(relay->wait_for_log("SQLSTATE 53100", 2)) << relay->log();
  EXPECT_EQ(count(), "10");
  if (disk.is_mounted()) {
    disk.make_room();
  } else {
    session.run("DROP TRIGGER full ON sales.orders");
  }
  EXPECT_TRUE(wait_until(kPatience, [&] { return count() == "100"; })) << relay->log();
  EXPECT_TRUE(is_equal(source_, "orders", session, "sales.orders"));
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

// A server that takes connections with TLS only, whose certificate no authority of the system
// knows.
class EncryptedTargetTest : public FaultTest {
 protected:
  EncryptedTargetTest() : server_(options()) {}

  PostgresServer::Options options() {
    certificates_.issue("server", "/CN=relay-test", "IP:127.0.0.1");
    const std::filesystem::path rules = rules_.path() / "hba";
    write_file(rules,
               "hostssl relay all 127.0.0.1/32 trust\nhost postgres all 127.0.0.1/32 trust\n");
    if (geteuid() == 0) {
      certificates_.give_to("postgres", "server");
      rules_.give_to("postgres");
    }
    const std::string folder = certificates_.authority().parent_path();
    PostgresServer::Options chosen;
    chosen.settings = {"ssl=on",
                       "ssl_cert_file=" + folder + "/server.crt",
                       "ssl_key_file=" + folder + "/server.key",
                       "hba_file=" + rules.string()};
    return chosen;
  }
  [[nodiscard]] Ended run_with(const std::string& tls) const {
    return run(command_between(mongo().uri(), server_.uri() + "?" + tls, {"--once"}));
  }

  Certificates certificates_{"relay-test"};
  TemporaryDirectory rules_;
  PostgresServer server_;
};

TEST_F(EncryptedTargetTest, IsWrittenToWithTlsOnly) {
  insert(0, 10);
  const Ended plain = run_with("sslmode=disable");
  EXPECT_EQ(plain.exit_code, 4) << plain.log;
  EXPECT_NE(plain.complaint.find("no encryption"), std::string::npos) << plain.complaint;
  const Ended unknown = run_with("sslmode=verify-full&sslrootcert=/nowhere/root.crt");
  EXPECT_EQ(unknown.exit_code, 4) << unknown.log;
  EXPECT_NE(unknown.complaint.find("\ntry: check sslmode, sslrootcert"), std::string::npos)
      << unknown.complaint;
  const Ended encrypted =
      run_with("sslmode=verify-full&sslrootcert=" + certificates_.authority().string());
  EXPECT_EQ(encrypted.exit_code, 0) << encrypted.log;
  PgSession session(server_.uri());
  EXPECT_TRUE(is_equal(source_, "orders", session, "sales.orders"));
  const auto relay = start_between(mongo().uri(), server_.uri() + "?sslmode=require");
  EXPECT_TRUE(wait_until(kPatience, [&] {
    return session.cell(
               "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
               "WHERE application_name = 'relay'") == "t";
  })) << relay->log();
}

}  // namespace
}  // namespace relay
