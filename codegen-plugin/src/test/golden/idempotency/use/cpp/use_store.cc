// Asks what running a method twice does.
#include "demo/v1/store.parley.h"

using demo::v1::Store;
using parley::Idempotency;

static_assert(Store::kGet.idempotency() == Idempotency::kNoSideEffects);
static_assert(Store::kPut.idempotency() == Idempotency::kIdempotent);
static_assert(Store::kAppend.idempotency() == Idempotency::kUnknown);
static_assert(Store::kWatch.idempotency() == Idempotency::kNoSideEffects);
