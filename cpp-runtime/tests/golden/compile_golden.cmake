# Compiles one golden case: CASE is its folder, SCHEMAS has those of Parley, SCRATCH is ours to fill.
cmake_minimum_required(VERSION 3.16)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result ERROR_VARIABLE output OUTPUT_VARIABLE output)
  if(NOT result EQUAL 0 OR NOT output STREQUAL "")
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
endfunction()

file(GLOB_RECURSE protos "${CASE}/proto/*.proto")
foreach(proto IN LISTS protos)
  file(STRINGS "${proto}" edition REGEX "^edition = ")
  if(edition)
    execute_process(COMMAND ${PROTOC} --version OUTPUT_VARIABLE version)
    string(REGEX MATCH "[0-9]+\\.[0-9.]+" version "${version}")
    # Numbers began anew after 3.21: 22, 23 and so on, until 27 knew editions.
    if(version VERSION_LESS 27)
      message("skipped: protoc ${version} does not know ${edition}")
      return()
    endif()
  endif()
endforeach()

file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}")
run(${PROTOC} "-I${CASE}/proto" "-I${SCHEMAS}" "--cpp_out=${SCRATCH}" ${protos})
run(${PROTOC} "-I${SCHEMAS}" "--cpp_out=${SCRATCH}" parley/v1/options.proto)

# Each header alone, and twice: it includes what it needs and is guarded.
file(GLOB_RECURSE headers RELATIVE "${CASE}/cpp" "${CASE}/cpp/*.parley.h")
file(GLOB sources "${CASE}/use/cpp/*.cc")
set(number 0)
foreach(header IN LISTS headers)
  math(EXPR number "${number} + 1")
  file(WRITE "${SCRATCH}/include_${number}.cc" "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND sources "${SCRATCH}/include_${number}.cc")
endforeach()
foreach(source IN LISTS sources)
  run(${CXX} -std=c++17 -fsyntax-only -Wall -Wextra -Wpedantic -Werror
    "-I${CASE}/cpp" "-I${INCLUDE}" "-isystem${SCRATCH}" "${source}")
endforeach()
