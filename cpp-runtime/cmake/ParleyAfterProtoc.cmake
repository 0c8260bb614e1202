# Run by parley_generate after protoc has made STEM.pb.cc, STEM.pb.h and mostly STEM.parley.h of
# PROTO.

# A file without services has no stubs, but its header may be included all the same.
if(NOT EXISTS "${STEM}.parley.h")
  file(WRITE "${STEM}.parley.h" "// ${PROTO} has no services.\n")
endif()

# protoc names all outputs in the order of their names; Ninja wants the first one that it was told.
if(DEPFILE)
  file(READ "${DEPFILE}" text)
  string(FIND "${text}" "${STEM}.pb.h:" at)
  if(at GREATER_EQUAL 0)
    string(SUBSTRING "${text}" ${at} -1 text)
    string(REPLACE "${STEM}.pb.h:" "${STEM}.pb.cc:" text "${text}")
    file(WRITE "${DEPFILE}" "${text}")
  endif()
endif()
