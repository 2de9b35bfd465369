#include "pipeline/large_event_walk.h"

namespace relay {

bool LargeEventWalk::on_too_large() {
  switch (form_) {
    case ReplyForm::many:
      form_ = ReplyForm::single;
      single_count_ = 0;
      return true;
    case ReplyForm::single:
      form_ = ReplyForm::unsplit;
      return true;
    case ReplyForm::unsplit:
      form_ = ReplyForm::bare;
      return true;
    case ReplyForm::bare:
      break;
  }
  return false;
}

bool LargeEventWalk::on_reply(std::size_t event_count, Move position) {
  switch (form_) {
    case ReplyForm::many:
      return false;
    case ReplyForm::single:
      ++single_count_;
      if (event_count > 0 && single_count_ < kSinglesMax) return false;
      break;
    case ReplyForm::unsplit:
      if (event_count == 0 && position == Move::stays) return false;
      break;
    case ReplyForm::bare:
      // Without an event it is still to come.
      if (event_count == 0) return false;
      break;
  }
  form_ = ReplyForm::many;
  return true;
}

}  // namespace relay
