# parley_generate(TARGET <target> PROTOS <file>... [IMPORT_DIRS <dir>...] [OUT_DIR <dir>])
#
# Generates messages and stubs from .proto files and adds them to <target>: with protoc the messages
# (x.pb.h, x.pb.cc), with protoc-gen-parley the stubs (x.parley.h). They are made again when a
# .proto file, protoc or the generator changes.
#
#   TARGET       an executable or library. Link it with parley::parley and protobuf::libprotobuf.
#   PROTOS       files, relative to the current source directory. They may import one another.
#   IMPORT_DIRS  where imports are looked for, the current source directory unless given. Each file
#                of PROTOS is below one of them; the rest of its path is how it is imported, and how
#                its headers are included.
#   OUT_DIR      where the files are put, a directory of <target> in the build tree unless given.
#
# protoc is Protobuf_PROTOC_EXECUTABLE, as find_package(Protobuf) sets it, or the one on the PATH.
# protoc-gen-parley is the variable PARLEY_GENERATOR, of CMake or of the environment; the one that is
# installed with this package; or the one on the PATH. It needs Java 17 on the PATH.
#
# Parley's own protos are in the directory PARLEY_PROTO_DIR, which imports find without being told.
# What `import "parley/v1/options.proto"` needs in C++ is in the library parley_options, which is
# made with the first call and linked to every <target>; it is no part of what <target> installs.

cmake_policy(PUSH)
cmake_policy(VERSION 3.16...3.25)

set_property(GLOBAL PROPERTY PARLEY_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}")

function(parley_generate)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;OUT_DIR" "PROTOS;IMPORT_DIRS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "parley_generate: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TARGET OR NOT TARGET ${arg_TARGET})
    message(FATAL_ERROR "parley_generate: TARGET is '${arg_TARGET}', wanted a target that exists")
  endif()
  if(NOT arg_PROTOS)
    message(FATAL_ERROR "parley_generate: PROTOS names no file")
  endif()
  if(NOT arg_IMPORT_DIRS)
    set(arg_IMPORT_DIRS "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  if(NOT arg_OUT_DIR)
    set(arg_OUT_DIR "${CMAKE_CURRENT_BINARY_DIR}/parley/${arg_TARGET}")
  endif()
  get_filename_component(out "${arg_OUT_DIR}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
  _parley_find_protoc(protoc)
  _parley_find_generator(generator)

  set(imports)
  set(flags)
  foreach(dir IN LISTS arg_IMPORT_DIRS)
    get_filename_component(dir "${dir}" ABSOLUTE)
    list(APPEND imports "${dir}")
    list(APPEND flags "-I${dir}")
  endforeach()
  # Last, so that they hide nothing: the protos of Parley, and of protobuf where they are known.
  foreach(dir IN LISTS PARLEY_PROTO_DIR Protobuf_INCLUDE_DIRS)
    if(IS_DIRECTORY "${dir}")
      list(APPEND flags "-I${dir}")
    endif()
  endforeach()

  set(files)
  foreach(proto IN LISTS arg_PROTOS)
    get_filename_component(proto "${proto}" ABSOLUTE)
    if(NOT EXISTS "${proto}")
      message(FATAL_ERROR "parley_generate: there is no file ${proto}")
    endif()
    list(APPEND files "${proto}")
  endforeach()

  get_property(cmake_dir GLOBAL PROPERTY PARLEY_CMAKE_DIR)
  foreach(proto IN LISTS files)
    _parley_import_name(name "${proto}" "${imports}")
    string(REGEX REPLACE "\\.proto$" "" stem "${name}")
    set(outputs "${out}/${stem}.pb.cc" "${out}/${stem}.pb.h" "${out}/${stem}.parley.h")
    # Every file of the call counts as imported by every other; imports from elsewhere come from
    # protoc, where this CMake can read them.
    set(dependencies)
    set(depfile)
    set(dependency_flag)
    if(CMAKE_GENERATOR MATCHES "Ninja|Makefiles" AND NOT CMAKE_VERSION VERSION_LESS 3.20)
      set(dependencies "${out}/${stem}.d")
      set(depfile DEPFILE "${dependencies}")
      set(dependency_flag "--dependency_out=${dependencies}")
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND "${CMAKE_COMMAND}" -E make_directory "${out}"
      COMMAND "${CMAKE_COMMAND}" -E remove -f "${out}/${stem}.parley.h"
      COMMAND "${protoc}" ${flags} "--cpp_out=${out}" "--plugin=protoc-gen-parley=${generator}"
        "--parley_out=target=cpp:${out}" ${dependency_flag} "${name}"
      COMMAND "${CMAKE_COMMAND}" "-DSTEM=${out}/${stem}" "-DPROTO=${name}" "-DDEPFILE=${dependencies}"
        -P "${cmake_dir}/ParleyAfterProtoc.cmake"
      DEPENDS ${files} "${protoc}" "${generator}"
      ${depfile}
      COMMENT "Generating ${stem}.pb.cc and ${stem}.parley.h"
      VERBATIM)
    target_sources(${arg_TARGET} PRIVATE ${outputs})
  endforeach()
  target_include_directories(${arg_TARGET} PUBLIC "$<BUILD_INTERFACE:${out}>")

  _parley_add_options("${protoc}")
  # Not by target_link_libraries, which forbids its plain form to whoever has used the other one.
  set_property(TARGET ${arg_TARGET} APPEND PROPERTY
    LINK_LIBRARIES "$<BUILD_INTERFACE:parley_options>")
  set_property(TARGET ${arg_TARGET} APPEND PROPERTY
    INTERFACE_LINK_LIBRARIES "$<BUILD_INTERFACE:parley_options>")
endfunction()

# One library a build, since a program must hold the options of a file once. Static, so that it
# costs nothing where they are not used.
function(_parley_add_options protoc)
  if(TARGET parley_options)
    return()
  endif()
  set(out "${CMAKE_BINARY_DIR}/parley/options")
  set(stem "${out}/parley/v1/options")
  set(flags "-I${PARLEY_PROTO_DIR}")
  foreach(dir IN LISTS Protobuf_INCLUDE_DIRS)
    if(IS_DIRECTORY "${dir}")
      list(APPEND flags "-I${dir}")
    endif()
  endforeach()
  add_custom_command(
    OUTPUT "${stem}.pb.cc" "${stem}.pb.h"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${out}"
    COMMAND "${protoc}" ${flags} "--cpp_out=${out}" parley/v1/options.proto
    DEPENDS "${PARLEY_PROTO_DIR}/parley/v1/options.proto" "${protoc}"
    COMMENT "Generating parley/v1/options.pb.cc"
    VERBATIM)
  add_library(parley_options STATIC EXCLUDE_FROM_ALL "${stem}.pb.cc" "${stem}.pb.h")
  set_target_properties(parley_options PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_features(parley_options PUBLIC cxx_std_17)
  target_include_directories(parley_options SYSTEM PUBLIC "${out}" ${Protobuf_INCLUDE_DIRS})
  if(TARGET protobuf::libprotobuf)
    target_link_libraries(parley_options PUBLIC protobuf::libprotobuf)
  endif()
endfunction()

# The path of a file below the first import directory that holds it, as protoc sees it.
function(_parley_import_name result proto imports)
  foreach(dir IN LISTS imports)
    file(RELATIVE_PATH name "${dir}" "${proto}")
    if(NOT name MATCHES "^\\.\\." AND NOT IS_ABSOLUTE "${name}")
      set(${result} "${name}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "parley_generate: ${proto} is below none of IMPORT_DIRS: ${imports}")
endfunction()

function(_parley_find_protoc result)
  set(found "${Protobuf_PROTOC_EXECUTABLE}")
  if(NOT found AND TARGET protobuf::protoc)
    get_target_property(found protobuf::protoc LOCATION)
  endif()
  if(NOT found)
    find_program(PARLEY_PROTOC protoc DOC "The protobuf compiler")
    set(found "${PARLEY_PROTOC}")
  endif()
  if(NOT found OR NOT EXISTS "${found}")
    message(FATAL_ERROR "parley_generate: protoc was not found. Install it (Debian: "
      "protobuf-compiler), or set Protobuf_PROTOC_EXECUTABLE to it")
  endif()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

function(_parley_find_generator result)
  get_property(bundled GLOBAL PROPERTY PARLEY_BUNDLED_GENERATOR)
  if(PARLEY_GENERATOR)
    set(found "${PARLEY_GENERATOR}")
  elseif(DEFINED ENV{PARLEY_GENERATOR})
    set(found "$ENV{PARLEY_GENERATOR}")
  elseif(bundled AND EXISTS "${bundled}")
    set(found "${bundled}")
  else()
    find_program(PARLEY_GENERATOR_ON_PATH protoc-gen-parley DOC "The generator of Parley's stubs")
    set(found "${PARLEY_GENERATOR_ON_PATH}")
  endif()
  if(NOT found OR NOT EXISTS "${found}" OR IS_DIRECTORY "${found}")
    message(FATAL_ERROR "parley_generate: protoc-gen-parley was not found (looked at '${found}'). "
      "Set PARLEY_GENERATOR to it, put it on the PATH, or install the package with "
      "-DPARLEY_GENERATOR_EXECUTABLE=<file>. Maven builds it in Parley's codegen-plugin: "
      "codegen-plugin/target/protoc-gen-parley")
  endif()
  get_filename_component(found "${found}" ABSOLUTE)
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

cmake_policy(POP)
