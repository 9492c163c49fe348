# Flags that every target shares, in the interface target jfhe_flags.
get_filename_component(jfhe_root ${CMAKE_CURRENT_SOURCE_DIR} DIRECTORY)
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
if(NOT JFHE_WASM) # one module: position independence would only add indirection there
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads REQUIRED)
endif()

add_library(jfhe_flags INTERFACE)
target_include_directories(jfhe_flags INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR}/src)
target_link_libraries(jfhe_flags INTERFACE $<$<BOOL:${Threads_FOUND}>:Threads::Threads> m)

# -ffp-contract=off: a fused multiply-add rounds once where the source rounds twice, so bits would
# differ between machines. -fno-math-errno lets sqrt be one instruction; it changes no result. The prefix map keeps the
# builder's folders out of the binaries.
target_compile_options(jfhe_flags INTERFACE
  -ffp-contract=off -fno-math-errno
  -ffile-prefix-map=${jfhe_root}/=
  -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Wshadow -Wstrict-prototypes
  -Wundef -Wvla -Wpointer-arith -Wwrite-strings)
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  # Our constants are enums; one beside a double converts exactly.
  target_compile_options(jfhe_flags INTERFACE -Wno-enum-float-conversion)
endif()
if(JFHE_WERROR)
  target_compile_options(jfhe_flags INTERFACE -Werror)
endif()

foreach(name IN ITEMS TEST_PARAMS VERIFY FUZZ CTIME)
  if(JFHE_${name})
    target_compile_definitions(jfhe_flags INTERFACE JFHE_${name}=1)
  endif()
endforeach()

set(jfhe_sanitizers ${JFHE_SANITIZE})
if(JFHE_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "JFHE_FUZZ needs clang: configure with CC=clang")
  endif()
  string(JOIN "," jfhe_sanitizers ${JFHE_SANITIZE} fuzzer-no-link)
endif()
if(jfhe_sanitizers)
  target_compile_options(jfhe_flags INTERFACE
    -fsanitize=${jfhe_sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  target_link_options(jfhe_flags INTERFACE -fsanitize=${jfhe_sanitizers})
endif()
