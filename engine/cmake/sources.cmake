# Which sources belong to which part, by folder alone: nobody lists a file by hand.
#   jfhe_public_sources   no `secret/` folder        jfhe_secret_sources   the `secret/` folders
#   jfhe_cli_sources      src/cli
file(GLOB_RECURSE jfhe_public_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.c)
set(jfhe_cli_sources ${jfhe_public_sources})
list(FILTER jfhe_cli_sources INCLUDE REGEX "/src/cli/")
list(FILTER jfhe_public_sources EXCLUDE REGEX "/src/cli/")
set(jfhe_backends ref) # those that this build compiles; the tests run on each
if(JFHE_WASM AND jfhe_public_sources MATCHES "/kernel/wasm128/")
  list(APPEND jfhe_backends wasm128)
  target_compile_definitions(jfhe_flags INTERFACE JFHE_HAVE_WASM128=1)
elseif(NOT JFHE_WASM)
  list(FILTER jfhe_public_sources EXCLUDE REGEX "/wasm128/")
endif()

# Code for one instruction set lies in a folder of that name (or is one of base's files for AES and SHA).
# Only these get its flags, so nothing else can use an instruction that the CPU may lack.
set(jfhe_isa_avx2 "/avx2/" "-mavx2;-mfma")
set(jfhe_isa_avx512ifma "/avx512ifma/"
    "-mavx512f;-mavx512dq;-mavx512vl;-mavx512bw;-mavx512ifma;-mavx512vbmi;-mavx2;-mfma;-mprefer-vector-width=512")
set(jfhe_isa_aes_ni "/aes_ni\\.c$" "-maes;-mssse3")
set(jfhe_isa_sha256_ni "/sha256_ni\\.c$" "-msha;-msse4.1;-mssse3")
set(jfhe_isa_aes_vaes "/aes_vaes\\.c$" "-maes;-mvaes;-mavx512f;-mavx512bw;-mavx512vbmi")

set(jfhe_x86 OFF)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(jfhe_x86 ON)
endif()

foreach(isa IN ITEMS avx2 avx512ifma aes_ni aes_vaes sha256_ni)
  list(GET jfhe_isa_${isa} 0 pattern)
  list(SUBLIST jfhe_isa_${isa} 1 -1 isa_flags)
  set(isa_sources ${jfhe_public_sources})
  list(FILTER isa_sources INCLUDE REGEX "${pattern}")
  if(NOT jfhe_x86)
    list(FILTER jfhe_public_sources EXCLUDE REGEX "${pattern}")
  elseif(isa_sources)
    set_source_files_properties(${isa_sources} PROPERTIES COMPILE_OPTIONS "${isa_flags}")
    string(TOUPPER ${isa} isa_name)
    target_compile_definitions(jfhe_flags INTERFACE JFHE_HAVE_${isa_name}=1)
    if(isa_sources MATCHES "/kernel/${isa}/")
      list(APPEND jfhe_backends ${isa})
    endif()
  endif()
endforeach()

set(jfhe_secret_sources ${jfhe_public_sources})
list(FILTER jfhe_secret_sources INCLUDE REGEX "/secret/")
list(FILTER jfhe_public_sources EXCLUDE REGEX "/secret/")
