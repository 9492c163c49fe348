# Each engine/ctime/c-*.c marks its secrets as undefined memory; valgrind then reports every branch
# and every address that depends on one. Run by `make ctime` for each compiler and -O0, -O3.
find_program(VALGRIND valgrind REQUIRED)
file(GLOB jfhe_ctimes CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/ctime/c-*.c)
if(NOT TARGET jfhe_client_static)
  set(jfhe_ctimes "")
endif()
foreach(source IN LISTS jfhe_ctimes)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE jfhe_client_static)
  add_test(NAME ${name} COMMAND ${VALGRIND} -q --error-exitcode=1 --track-origins=yes
    --leak-check=no $<TARGET_FILE:${name}>)
  set_tests_properties(${name} PROPERTIES TIMEOUT 1800)
endforeach()
