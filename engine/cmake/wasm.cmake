# jfhe.wasm: a reactor (no main; the host calls _initialize once, then any export). The exports are
# the names in engine/wasm/exports.txt, one a line, `#` begins a comment; the linker drops the rest.
set(jfhe_exports ${CMAKE_CURRENT_SOURCE_DIR}/wasm/exports.txt)
if(NOT TARGET jfhe_client_static OR NOT EXISTS ${jfhe_exports})
  return()
endif()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${jfhe_exports})
file(STRINGS ${jfhe_exports} names REGEX "^[A-Za-z_]")
list(TRANSFORM names STRIP)
list(TRANSFORM names PREPEND "-Wl,--export=")
add_executable(jfhe_wasm ${jfhe_client_parts})
set_target_properties(jfhe_wasm PROPERTIES OUTPUT_NAME jfhe SUFFIX .wasm)
target_link_libraries(jfhe_wasm PRIVATE jfhe_flags)
# 1 MiB of stack: no function of the engine holds a polynomial on the stack.
target_link_options(jfhe_wasm PRIVATE -mexec-model=reactor -Wl,-z,stack-size=1048576 -Wl,--strip-all ${names})
