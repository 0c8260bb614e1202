#ifndef PARLEY_CONNECTION_JOB_H_
#define PARLEY_CONNECTION_JOB_H_

#include "parley/export.h"

namespace parley {

/// Code of the user's that begins on the thread that has read what it is for: a handler, say.
class PARLEY_EXPORT Job {
 public:
  virtual ~Job();

  /// Throws nothing.
  virtual void Run() = 0;

  /// It runs for so long, or waits, that its loop went on without it; told once, while it runs.
  virtual void Overran() = 0;
};

}  // namespace parley

#endif  // PARLEY_CONNECTION_JOB_H_
