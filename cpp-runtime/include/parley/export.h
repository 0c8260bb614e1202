#ifndef PARLEY_EXPORT_H_
#define PARLEY_EXPORT_H_

/// Marks what a shared build of the library shows: every public class, function and exception.
/// All else stays hidden.
#define PARLEY_EXPORT __attribute__((visibility("default")))

#endif  // PARLEY_EXPORT_H_
