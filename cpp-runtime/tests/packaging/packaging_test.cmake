# Installs the library into a prefix of its own and uses it as others would.
#
#   cmake -DCASE=<case> -DBUILD_DIR=<build of cpp-runtime> -DSOURCE_DIR=<cpp-runtime>
#         -DWORK_DIR=<scratch> -DCXX=<compiler> -P packaging_test.cmake
#
# Cases: find_package, fetch_content (which builds the library shared), pkg_config,
# parley_generate (with Make), parley_generate_ninja, generator_missing.
set(here "${CMAKE_CURRENT_LIST_DIR}")
set(prefix "${WORK_DIR}/prefix")
file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}")

# Runs a command; `output` gets what it printed. Fails when it fails.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT result EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "${command}\nended with ${result}:\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

function(expect text)
  if(NOT output MATCHES "${text}")
    message(FATAL_ERROR "wanted '${text}', got:\n${output}")
  endif()
endfunction()

function(install)
  run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${prefix}")
endfunction()

set(configure "${CMAKE_COMMAND}" "-DCMAKE_CXX_COMPILER=${CXX}" -DCMAKE_BUILD_TYPE=Debug
  -DCMAKE_CXX_FLAGS_DEBUG=-O0 "-DCMAKE_PREFIX_PATH=${prefix}")

if(CASE STREQUAL "find_package")
  install()
  # The tree may be moved before it is used.
  file(RENAME "${prefix}" "${prefix}-moved")
  list(TRANSFORM configure REPLACE "/prefix$" "/prefix-moved")
  run(${configure} -DHOW=find_package -S "${here}/consumer" -B "${WORK_DIR}/build")
  run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
  run("${WORK_DIR}/build/consumer")
  expect("consumer works")
  # 0.1 is no 0.2: the versions below 1 promise nothing.
  file(WRITE "${WORK_DIR}/newer/CMakeLists.txt"
    "cmake_minimum_required(VERSION 3.16)\nproject(newer CXX)\nfind_package(parley 0.2 CONFIG)\n"
    "if(parley_FOUND)\n  message(FATAL_ERROR \"0.1 was taken for 0.2\")\nendif()\n")
  run(${configure} -S "${WORK_DIR}/newer" -B "${WORK_DIR}/newer/build")

elseif(CASE STREQUAL "fetch_content")
  get_filename_component(root "${SOURCE_DIR}/.." ABSOLUTE)
  run(${configure} -DHOW=fetch_content "-DPARLEY_ROOT_DIR=${root}" -DBUILD_SHARED_LIBS=ON
    -S "${here}/consumer" -B "${WORK_DIR}/build")
  run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build" --parallel 2)
  run("${WORK_DIR}/build/consumer")
  expect("consumer works")
  file(GLOB_RECURSE libraries "${WORK_DIR}/build/libparley.so.0.1")
  if(NOT libraries)
    message(FATAL_ERROR "there is no libparley.so.0.1")
  endif()

elseif(CASE STREQUAL "pkg_config")
  find_program(PKG_CONFIG pkg-config)
  if(NOT PKG_CONFIG)
    message("skipped: pkg-config is missing")
    return()
  endif()
  install()
  file(GLOB_RECURSE pc "${prefix}/parley.pc")
  get_filename_component(folder "${pc}" DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} "${folder}")
  run("${PKG_CONFIG}" --modversion parley)
  expect("^0\\.1\\.0")
  run("${PKG_CONFIG}" --cflags --libs parley)
  string(STRIP "${output}" flags)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  run("${CXX}" -std=c++17 "${here}/consumer/consumer.cc" -o "${WORK_DIR}/consumer" ${flags})
  get_filename_component(library "${folder}/.." ABSOLUTE)
  set(ENV{LD_LIBRARY_PATH} "${library}")
  run("${WORK_DIR}/consumer")
  expect("consumer works")

elseif(CASE MATCHES "^parley_generate")
  if(CASE STREQUAL "parley_generate_ninja")
    find_program(NINJA ninja)
    if(NOT NINJA)
      message("skipped: ninja is missing")
      return()
    endif()
    list(APPEND configure -G Ninja)
  else()
    list(APPEND configure -G "Unix Makefiles")
  endif()
  install()
  set(source "${WORK_DIR}/source")
  file(COPY "${here}/generated/" DESTINATION "${source}")
  # A copy, so that it can change.
  configure_file("${GENERATOR}" "${WORK_DIR}/protoc-gen-parley" COPYONLY)
  file(CHMOD "${WORK_DIR}/protoc-gen-parley"
    PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  run(${configure} "-DPARLEY_GENERATOR=${WORK_DIR}/protoc-gen-parley"
    -S "${source}" -B "${WORK_DIR}/build")
  run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build" --parallel 2)
  foreach(program generated both)
    run("${WORK_DIR}/build/${program}")
    expect("demo.v1.Greeter generated")
  endforeach()
  # Nothing has changed: nothing is generated.
  run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
  if(output MATCHES "Generating")
    message(FATAL_ERROR "generated again without a reason:\n${output}")
  endif()
  # An imported file has changed. Later than any output, whatever the clock's grain.
  file(APPEND "${source}/protos/demo/v1/messages.proto" "\nmessage Added {}\n")
  run(touch -d "2 seconds" "${source}/protos/demo/v1/messages.proto")
  run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
  expect("Generating demo/v1/messages.pb.cc")
  expect("Generating demo/v1/greeter.pb.cc")
  # A service has appeared where there was none.
  file(APPEND "${source}/shared/demo/common.proto"
    "\nmessage Nothing {}\nservice Late { rpc Do(Nothing) returns (Nothing); }\n")
  run(touch -d "4 seconds" "${source}/shared/demo/common.proto")
  run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
  file(READ "${WORK_DIR}/build/parley/stubs/demo/common.parley.h" output)
  expect("class Late")
  # The generator has changed.
  run(touch -d "6 seconds" "${WORK_DIR}/protoc-gen-parley")
  run("${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
  expect("Generating demo/v1/greeter.pb.cc")

elseif(CASE STREQUAL "generator_missing")
  install()
  execute_process(
    COMMAND ${configure} "-DPARLEY_GENERATOR=/nowhere/protoc-gen-parley"
      -S "${here}/generated" -B "${WORK_DIR}/build"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(result EQUAL 0)
    message(FATAL_ERROR "configured without a generator")
  endif()
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  expect("protoc-gen-parley was not found \\(looked at '/nowhere/protoc-gen-parley'\\)")
  expect("Set PARLEY_GENERATOR to it")

else()
  message(FATAL_ERROR "CASE is '${CASE}'")
endif()
