// relay: the list of its commands, in the order of `relay --help`.
#include <array>

#include "cli/command.h"
#include "cli/program.h"

namespace {

constexpr std::array kCommands = {
    &relay::add_cdc_relay_command,
    &relay::add_db_workload_command,
    &relay::add_plan_command,
    &relay::add_verify_command,
    &relay::add_status_command,
    &relay::add_snapshot_command,
    &relay::add_pause_command,
    &relay::add_resume_command,
    &relay::add_checkpoint_command,
    &relay::add_dead_letter_command,
    &relay::add_config_command,
    &relay::add_secret_command,
    &relay::add_completion_command,
};

}  // namespace

int main(int argc, char** argv) {
  return relay::run_program(kCommands, argc, argv);
}
