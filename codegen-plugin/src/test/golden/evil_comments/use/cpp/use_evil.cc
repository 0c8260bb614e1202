// What follows a comment is not swallowed by it.
#include "demo/v1/evil.parley.h"

demo::v1::Text CallAll(parley::Caller& caller) {
  const demo::v1::Evil::Client evil(caller);
  evil.Backslash({});
  evil.Blank({});
  evil.Trigraph({});
  return evil.Slash({});
}
