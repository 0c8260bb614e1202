# Includes go down only: top > rpc > connection > transport > wire. A public header includes no
# internal one, and nothing includes a file of protobuf.
#
#   cmake -DSOURCE_DIR=<cpp-runtime> -P layering_test.cmake
set(rungs wire transport connection rpc top)
set(failures)

# The rung of a file by its path below include/parley or src.
function(rung_of result path)
  if(path MATCHES "^(wire|transport|connection|rpc)/")
    set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
  elseif(path STREQUAL "export.h")
    set(${result} "wire" PARENT_SCOPE)
  else()
    set(${result} "top" PARENT_SCOPE)
  endif()
endfunction()

file(GLOB_RECURSE files RELATIVE "${SOURCE_DIR}"
  "${SOURCE_DIR}/include/*.h" "${SOURCE_DIR}/src/*.h" "${SOURCE_DIR}/src/*.cc")
list(LENGTH files count)
if(count LESS 20)
  message(FATAL_ERROR "only ${count} files found below ${SOURCE_DIR}")
endif()

foreach(file IN LISTS files)
  string(REGEX REPLACE "^(include/parley|src)/" "" path "${file}")
  rung_of(own "${path}")
  list(FIND rungs ${own} own_height)
  file(STRINGS "${SOURCE_DIR}/${file}" includes REGEX "^[ \t]*#[ \t]*include")
  foreach(include IN LISTS includes)
    if(include MATCHES "google/protobuf|\\.pb\\.h")
      list(APPEND failures "${file}: the library knows no protobuf: ${include}")
    endif()
    if(include MATCHES "\"([^\"]+)\"")
      set(included "${CMAKE_MATCH_1}")
    elseif(include MATCHES "<(parley/[^>]+)>")
      set(included "${CMAKE_MATCH_1}")
    else()
      continue()  # of the system
    endif()
    if(file MATCHES "^include/" AND NOT included MATCHES "^parley/")
      list(APPEND failures "${file}: a public header includes an internal one: ${included}")
    endif()
    string(REGEX REPLACE "^parley/" "" included "${included}")
    rung_of(other "${included}")
    list(FIND rungs ${other} other_height)
    if(other_height GREATER own_height)
      list(APPEND failures "${file}: ${own} includes ${other}: ${included}")
    endif()
  endforeach()
endforeach()

if(failures)
  string(REPLACE ";" "\n  " text "${failures}")
  message(FATAL_ERROR "includes go down only:\n  ${text}")
endif()
message("${count} files, includes go down only")
