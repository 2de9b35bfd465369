// Which hosts of a connection string are another machine that TLS does not verify. Where in doubt,
// the host is one.
#include "config/transport.h"

#include <map>

#include "load_fixture.h"

namespace relay {
namespace {

struct HostCase {
  std::string name;
  std::string uri;
  std::string unverified;  // With commas between them.
  std::map<std::string, std::string> environment = {};
};

class UnverifiedHostTest : public testing::TestWithParam<HostCase> {};

TEST_P(UnverifiedHostTest, IsFound) {
  const Environment environment = [](const std::string& variable) -> std::optional<std::string> {
    const auto found = GetParam().environment.find(variable);
    if (found == GetParam().environment.end()) return std::nullopt;
    return found->second;
  };
  std::string found;
  for (const std::string& host : find_unverified_hosts(Secret(GetParam().uri), environment))
    found += (found.empty() ? "" : ",") + host;
  EXPECT_EQ(found, GetParam().unverified);
}

INSTANTIATE_TEST_SUITE_P(
    MongoDb,
    UnverifiedHostTest,
    testing::Values(
        HostCase{"Localhost", "mongodb://localhost:27017/?replicaSet=rs0", ""},
        HostCase{"Loopback", "mongodb://u:p@127.0.0.1,127.9.9.9:1,[::1]:2/", ""},
        HostCase{"Socket", "mongodb://%2Ftmp%2Fmongodb-27017.sock/", ""},
        HostCase{"AnotherMachine", "mongodb://db1.example.com:27017", "db1.example.com"},
        HostCase{"NameThatBeginsLikeLoopback",
                 "mongodb://127.0.0.1.evil.example",
                 "127.0.0.1.evil.example"},
        HostCase{"PrivateAddressesAreOtherMachines",
                 "mongodb://10.0.0.1,[fd00::1]:27017/",
                 "10.0.0.1,fd00::1"},
        HostCase{"OneOfSeveral", "mongodb://localhost,db2/?replicaSet=rs0", "db2"},
        HostCase{"Tls", "mongodb://db1/?tls=true", ""},
        HostCase{"TlsByItsOldName", "mongodb://db1/?SSL=true&replicaSet=rs0", ""},
        HostCase{"TlsOff", "mongodb://db1/?tls=false", "db1"},
        HostCase{
            "AnyCertificate", "mongodb://db1/?tls=true&tlsAllowInvalidCertificates=true", "db1"},
        HostCase{"AnyName", "mongodb://db1/?tls=true&tlsAllowInvalidHostnames=true", "db1"},
        HostCase{"Insecure", "mongodb://db1/?tls=true&tlsInsecure=true", "db1"},
        HostCase{"InsecureIsFalse", "mongodb://db1/?tls=true&tlsInsecure=false", ""},
        HostCase{"SrvHasTls", "mongodb+srv://cluster.example.com/", ""},
        HostCase{
            "SrvWithoutTls", "mongodb+srv://cluster.example.com/?tls=false", "cluster.example.com"},
        // What looks like a host is the password.
        HostCase{"SlashInThePassword", "mongodb://me:hu@n/ter2@db1/", "its host"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Postgres,
    UnverifiedHostTest,
    testing::Values(
        HostCase{"NoHostIsASocket", "postgresql:///warehouse", ""},
        HostCase{"Localhost", "postgresql://relay:pw@localhost:5432/warehouse", ""},
        HostCase{"SocketInAnOption", "postgresql:///warehouse?host=%2Frun%2Fpostgresql", ""},
        HostCase{"AnotherMachine", "postgresql://relay@db1/warehouse", "db1"},
        HostCase{"Crate", "crate://crate1:5432", "crate1"},
        HostCase{"HostInAnOption", "postgresql:///warehouse?host=localhost,db2", "db2"},
        HostCase{
            "AddressWinsOverTheName", "postgresql://localhost/w?hostaddr=192.0.2.1", "192.0.2.1"},
        HostCase{"EncryptedIsNotVerified", "postgresql://db1/w?sslmode=require", "db1"},
        HostCase{"TheNameMustBeVerifiedToo", "postgresql://db1/w?sslmode=verify-ca", "db1"},
        HostCase{"VerifyFull", "postgresql://db1/w?sslmode=verify-full&sslrootcert=/ca.pem", ""},
        HostCase{
            "TheLastModeCounts", "postgresql://db1/w?sslmode=verify-full&sslmode=disable", "db1"},
        HostCase{"HostOfTheEnvironment", "postgresql:///w", "db3", {{"PGHOST", "db3"}}},
        HostCase{"ModeOfTheEnvironment", "postgresql://db1/w", "", {{"PGSSLMODE", "verify-full"}}},
        HostCase{"AServiceMayLeadAnywhere", "postgresql:///?service=dwh", "dwh"}),
    [](const auto& test) { return test.param.name; });

TEST(InsecureHostsTest, AreNamedOneByOne) {
  EXPECT_TRUE(is_named("db1, DB2.example.com", "db2.Example.com"));
  EXPECT_FALSE(is_named("db1,db2", "db"));
  EXPECT_FALSE(is_named("", "db1"));
}

class TransportLoadTest : public LoadFixture {
 protected:
  TransportLoadTest() { request.purpose = Purpose::replicate; }
  static constexpr char kFile[] =
      "[source]\nuri = \"mongodb://me:hunter2@db1/\"\n[target]\nuri = \"postgresql://db2/w\"\n"
      "[[table]]\nfrom = \"a.b\"\n";
};

TEST_F(TransportLoadTest, AnotherMachineWithoutTlsIsRefusedWithTheRemedy) {
  EXPECT_EQ(complaint_about(kFile),
            "relay.toml:2:7: source.uri: db1 is another machine, which wants TLS that verifies it; "
            "add tls=true (and tlsCAFile=FILE for a CA of your own), or name it in "
            "source.insecure_hosts\n"
            "relay.toml:4:7: target.uri: db2 is another machine, which wants TLS that verifies it; "
            "add sslmode=verify-full (and sslrootcert=FILE for a CA of your own), or name it in "
            "target.insecure_hosts");
}

TEST_F(TransportLoadTest, ANamedHostIsTakenAndToldOf) {
  set_file(kFile);
  request.sets = {"source.insecure_hosts=db1", "target.insecure_hosts=other,db2"};
  const std::vector<UnverifiedHost> unverified = load().unverified;
  ASSERT_EQ(unverified.size(), 2U);
  EXPECT_EQ(unverified[0].setting + " " + unverified[0].host, "source.insecure_hosts db1");
  EXPECT_EQ(unverified[1].setting + " " + unverified[1].host, "target.insecure_hosts db2");
}

TEST_F(TransportLoadTest, OneSideDoesNotSpeakForTheOther) {
  set_file(kFile);
  request.sets = {"target.insecure_hosts=db1,db2"};
  EXPECT_NE(complaint().find("source.uri: db1 is another machine"), std::string::npos);
}

TEST_F(TransportLoadTest, OnlyWhatARunReachesIsChecked) {
  set_file(kFile);
  request.purpose = Purpose::inspect;
  EXPECT_EQ(complaint(), "");
  request.purpose = Purpose::generate;
  EXPECT_EQ(complaint().find("target.uri"), std::string::npos);
}

}  // namespace
}  // namespace relay
