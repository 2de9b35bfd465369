#include "observe/relay_report.h"

namespace relay {

std::string_view format_relay_state(RelayState state) {
  switch (state) {
    case RelayState::starting:
      return "starting";
    case RelayState::snapshot:
      return "snapshot";
    case RelayState::streaming:
      return "streaming";
    case RelayState::waiting:
      return "waiting";
    case RelayState::standby:
      return "standby";
    case RelayState::stopping:
      return "stopping";
  }
  return "?";
}

std::string_view format_table_phase(TablePhase phase) {
  switch (phase) {
    case TablePhase::waiting:
      return "waiting";
    case TablePhase::snapshot:
      return "snapshot";
    case TablePhase::streaming:
      return "streaming";
    case TablePhase::stopped:
      return "stopped";
  }
  return "?";
}

}  // namespace relay
