// ThreadSanitizer does not see the counts by which libstdc++ shares an exception between threads,
// since that library is not instrumented; so it takes the end of an exception that crossed a
// std::future for a race with whoever caught it. Its runtime finds this function by name.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n"
         "race:parley::RpcException::~RpcException\n";
}
