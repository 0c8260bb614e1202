#include "rpc/current_call.h"

namespace parley {
namespace {

thread_local CallContext* current = nullptr;

}  // namespace

CallContext* CallContext::Current() { return current; }

CurrentCall::CurrentCall(CallContext& call) : before_(current) { current = &call; }

CurrentCall::~CurrentCall() { current = before_; }

}  // namespace parley
