// Waiting for something outside this process: a server that comes up, a row that arrives, a line in
// a log. Inside one process wait for the event itself instead.
#pragma once

#include <chrono>
#include <functional>

namespace relay {

// Asks again every few milliseconds. True as soon as the claim holds, false once the time is up;
// the claim is asked at least once, and once more at the end.
bool wait_until(std::chrono::milliseconds limit, const std::function<bool()>& claim);

}  // namespace relay
