# Holds every C++ file below SOURCE_DIR against .clang-format, or with WRITE makes it so.
find_program(CLANG_FORMAT NAMES clang-format clang-format-14)
if(NOT CLANG_FORMAT)
  message("skipped: clang-format is missing (Debian: clang-format)")
  return()
endif()
file(GLOB_RECURSE files
  "${SOURCE_DIR}/include/*.h" "${SOURCE_DIR}/src/*.h" "${SOURCE_DIR}/src/*.cc"
  "${SOURCE_DIR}/tests/*.h" "${SOURCE_DIR}/tests/*.cc")
if(WRITE)
  set(mode -i)
else()
  set(mode --dry-run -Werror)
endif()
execute_process(COMMAND "${CLANG_FORMAT}" ${mode} ${files} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "files are not formatted: build the target parley-format")
endif()
