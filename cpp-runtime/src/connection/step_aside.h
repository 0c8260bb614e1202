#ifndef PARLEY_CONNECTION_STEP_ASIDE_H_
#define PARLEY_CONNECTION_STEP_ASIDE_H_

namespace parley {

/// Says that the calling thread is about to wait for something that others bring. If it is in a job
/// of a loop, another thread leads that loop on at once; else nothing happens.
void StepAside();

}  // namespace parley

#endif  // PARLEY_CONNECTION_STEP_ASIDE_H_
