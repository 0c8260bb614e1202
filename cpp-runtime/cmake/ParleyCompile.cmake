# How the sources of this project are compiled. Users of the library do not inherit it.
function(parley_compile target)
  set_target_properties(${target} PROPERTIES
    CXX_STANDARD 17
    CXX_STANDARD_REQUIRED ON
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(${target} PRIVATE -Wall -Wextra)
  if(PARLEY_TOP_LEVEL)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(PARLEY_SANITIZE STREQUAL "address")
    # Not vptr: it looks at memory through a pipe, and takes the lack of descriptors, which tests
    # bring about, for an object of the wrong type.
    set(flags -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all
      -fno-omit-frame-pointer)
  elseif(PARLEY_SANITIZE STREQUAL "thread")
    set(flags -fsanitize=thread -fno-omit-frame-pointer)
  elseif(NOT PARLEY_SANITIZE STREQUAL "")
    message(FATAL_ERROR "PARLEY_SANITIZE is '${PARLEY_SANITIZE}', wanted '', 'address' or 'thread'")
  endif()
  if(flags)
    target_compile_options(${target} PRIVATE ${flags})
    target_link_options(${target} PUBLIC ${flags})
  endif()
endfunction()
