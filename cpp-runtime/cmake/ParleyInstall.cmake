# What `cmake --install` puts where: library, headers, CMake package, parley.pc, protos, generator.
include(CMakePackageConfigHelpers)

set(PARLEY_GENERATOR_EXECUTABLE "" CACHE FILEPATH
  "An executable protoc-gen-parley to install with the package; empty: the one of this tree")

set(PARLEY_INSTALL_CMAKE "${CMAKE_INSTALL_LIBDIR}/cmake/parley")
set(PARLEY_INSTALL_PROTO "${CMAKE_INSTALL_DATADIR}/parley/proto")
set(PARLEY_INSTALL_GENERATOR "${CMAKE_INSTALL_BINDIR}/protoc-gen-parley")

install(TARGETS parley EXPORT parleyTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(EXPORT parleyTargets NAMESPACE parley:: DESTINATION "${PARLEY_INSTALL_CMAKE}")
install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")

configure_package_config_file(cmake/parleyConfig.cmake.in
  "${CMAKE_CURRENT_BINARY_DIR}/parleyConfig.cmake"
  INSTALL_DESTINATION "${PARLEY_INSTALL_CMAKE}"
  PATH_VARS PARLEY_INSTALL_PROTO PARLEY_INSTALL_GENERATOR)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/parleyConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/parleyConfig.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/parleyConfigVersion.cmake"
  cmake/ParleyGenerate.cmake
  cmake/ParleyAfterProtoc.cmake
  DESTINATION "${PARLEY_INSTALL_CMAKE}")

# Relative to itself, so that the tree may be moved.
file(RELATIVE_PATH PARLEY_PC_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" PARLEY_PC_PREFIX "${PARLEY_PC_PREFIX}")
configure_file(cmake/parley.pc.in "${CMAKE_CURRENT_BINARY_DIR}/parley.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/parley.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(DIRECTORY ../proto/src/main/protobuf/ DESTINATION "${PARLEY_INSTALL_PROTO}"
  FILES_MATCHING PATTERN "*.proto")

set(PARLEY_TREE_GENERATOR "${CMAKE_CURRENT_SOURCE_DIR}/../codegen-plugin/target/protoc-gen-parley")
if(PARLEY_GENERATOR_EXECUTABLE)
  if(NOT EXISTS "${PARLEY_GENERATOR_EXECUTABLE}")
    message(FATAL_ERROR
      "PARLEY_GENERATOR_EXECUTABLE is ${PARLEY_GENERATOR_EXECUTABLE}, and there is no such file")
  endif()
  install(PROGRAMS "${PARLEY_GENERATOR_EXECUTABLE}" DESTINATION "${CMAKE_INSTALL_BINDIR}"
    RENAME protoc-gen-parley)
elseif(EXISTS "${PARLEY_TREE_GENERATOR}")
  install(PROGRAMS "${PARLEY_TREE_GENERATOR}" DESTINATION "${CMAKE_INSTALL_BINDIR}")
else()
  message(STATUS "The generator protoc-gen-parley has not been built and is not installed")
endif()
