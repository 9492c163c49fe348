# The two libraries, each static and shared, and the command line tool. Each source is compiled once.
if(NOT jfhe_public_sources)
  message(WARNING "engine/src holds no source yet")
  return()
endif()
add_library(jfhe_objects OBJECT ${jfhe_public_sources})
target_link_libraries(jfhe_objects PUBLIC jfhe_flags)
target_compile_options(jfhe_objects PRIVATE -Wmissing-prototypes)
set(jfhe_client_parts $<TARGET_OBJECTS:jfhe_objects>)
if(jfhe_secret_sources)
  add_library(jfhe_secret_objects OBJECT ${jfhe_secret_sources})
  target_link_libraries(jfhe_secret_objects PUBLIC jfhe_flags)
  target_compile_options(jfhe_secret_objects PRIVATE -Wmissing-prototypes)
  list(APPEND jfhe_client_parts $<TARGET_OBJECTS:jfhe_secret_objects>)
endif()

function(jfhe_library name)
  add_library(${name}_static STATIC ${ARGN})
  set_target_properties(${name}_static PROPERTIES OUTPUT_NAME ${name})
  target_link_libraries(${name}_static PUBLIC jfhe_flags)
  if(JFHE_SANITIZE OR JFHE_FUZZ OR JFHE_WASM)
    return() # a sanitizer's runtime belongs to the program: a shared library would not link
  endif()
  add_library(${name}_shared SHARED ${ARGN})
  set_target_properties(${name}_shared PROPERTIES OUTPUT_NAME ${name}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  # no-undefined: if public code called secret code, libjfhe would fail to link, here and now.
  target_link_options(${name}_shared PRIVATE -Wl,--no-undefined)
  target_link_libraries(${name}_shared PRIVATE jfhe_flags)
endfunction()

jfhe_library(jfhe $<TARGET_OBJECTS:jfhe_objects>)
jfhe_library(jfhe_client ${jfhe_client_parts})

if(jfhe_cli_sources AND NOT JFHE_WASM)
  # What the tool reads and writes with, without its commands: the fuzz targets of its readers link it too.
  set(jfhe_cli_parts ${jfhe_cli_sources})
  list(FILTER jfhe_cli_parts EXCLUDE REGEX "/(cmd_[a-z]*|main)\\.c$")
  list(FILTER jfhe_cli_sources INCLUDE REGEX "/(cmd_[a-z]*|main)\\.c$")
  add_library(jfhe_cli_parts STATIC ${jfhe_cli_parts})
  target_compile_definitions(jfhe_cli_parts PRIVATE _GNU_SOURCE)
  target_link_libraries(jfhe_cli_parts PUBLIC jfhe_client_static)
endif()
if(jfhe_cli_sources AND NOT JFHE_FUZZ AND NOT JFHE_WASM)
  set(jfhe_bench ${CMAKE_CURRENT_SOURCE_DIR}/bench) # `jfhe bench` runs the bodies of the bench programs
  add_executable(jfhe_cli ${jfhe_cli_sources} ${jfhe_bench}/bench.c ${jfhe_bench}/bench-ckks.c ${jfhe_bench}/bench-bgv.c ${jfhe_bench}/bench-ntt.c
                          ${jfhe_bench}/bench-plan.c ${jfhe_bench}/bench-bootstrap.c)
  target_include_directories(jfhe_cli PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(jfhe_cli PRIVATE _GNU_SOURCE)
  set_target_properties(jfhe_cli PROPERTIES OUTPUT_NAME jfhe)
  target_link_libraries(jfhe_cli PRIVATE jfhe_cli_parts)
endif()
