# Run by parley_generate: writes HEADER if the generator has not, for a PROTO without services.
if(NOT EXISTS "${HEADER}")
  file(WRITE "${HEADER}" "// ${PROTO} has no services.\n")
endif()
