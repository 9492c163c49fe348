# What `cmake --install` lays down. A build with JFHE_TEST_PARAMS never reaches this file.
foreach(target IN ITEMS jfhe_static jfhe_shared jfhe_client_static jfhe_client_shared jfhe_cli)
  if(TARGET ${target})
    install(TARGETS ${target})
  endif()
endforeach()
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/jfhe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h")
