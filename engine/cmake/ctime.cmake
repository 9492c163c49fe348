# Each engine/ctime/c-*.c marks its secrets as undefined memory; valgrind then reports every branch
# and every address that depends on one. Run by `make ctime` for each compiler and -O0, -O3, on each backend that
# valgrind emulates.
find_program(VALGRIND valgrind REQUIRED)
file(GLOB jfhe_ctimes CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/ctime/c-*.c)
if(NOT TARGET jfhe_client_static)
  set(jfhe_ctimes "")
endif()
set(jfhe_memcheck ${VALGRIND} -q --error-exitcode=1 --track-origins=yes --leak-check=no)
foreach(source IN LISTS jfhe_ctimes)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE jfhe_client_static)
  foreach(isa IN ITEMS ref avx2)
    if(isa IN_LIST jfhe_backends)
      add_test(NAME ${name}/${isa} COMMAND ${jfhe_memcheck} $<TARGET_FILE:${name}>)
      set_tests_properties(${name}/${isa} PROPERTIES TIMEOUT 1800 ENVIRONMENT "JFHE_ISA=${isa}")
    endif()
  endforeach()
endforeach()

# The run itself must be able to fail: a branch on a secret, planted, has to be found.
add_executable(planted ${CMAKE_CURRENT_SOURCE_DIR}/ctime/planted.c)
target_link_libraries(planted PRIVATE jfhe_client_static)
add_test(NAME planted COMMAND ${jfhe_memcheck} $<TARGET_FILE:planted>)
set_tests_properties(planted PROPERTIES PASS_REGULAR_EXPRESSION "Conditional jump.*main .planted")
