// What an administrator types in mongosh to let a user of the source read.
#pragma once

#include <string>

namespace relay {

// `database` empty: all of them. `user_database`: where the user is kept.
std::string grant_read_command(const std::string& user,
                               const std::string& user_database,
                               const std::string& database);

}  // namespace relay
