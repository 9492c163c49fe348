# CMake toolchain: WebAssembly with 128-bit SIMD, through the Zig that requirements-dev.txt pins.
# WASI is the C library's ground: the browser gives it entropy and nothing else, Node runs the tests.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER ${CMAKE_CURRENT_LIST_DIR}/cc.sh)
set(CMAKE_AR ${CMAKE_CURRENT_LIST_DIR}/ar.sh CACHE FILEPATH "")
set(CMAKE_RANLIB ${CMAKE_CURRENT_LIST_DIR}/ranlib.sh CACHE FILEPATH "")
set(CMAKE_EXECUTABLE_SUFFIX .wasm)
find_program(JFHE_NODE NAMES node nodejs REQUIRED)
# --single-threaded-gc: Node 20's concurrent collector crashed in about half of the runs of a test that
# grows its memory to hundreds of MB, after the test had passed; without it, in none of 56.
# --no-incremental-marking: on a busy machine its collector also crashed while finishing marks it had begun before memory grew
# (MarkCompactCollector::ProcessMarkingWorklist, "unreachable code").
set(CMAKE_CROSSCOMPILING_EMULATOR
  "${JFHE_NODE};--no-warnings;--single-threaded-gc;--no-incremental-marking;${CMAKE_CURRENT_LIST_DIR}/run-wasi.mjs")
set(JFHE_WASM ON)
