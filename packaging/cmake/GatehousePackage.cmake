# The .deb: linked libraries are found by dpkg-shlibdeps, what is opened at run time is [run] of packaging/packages.
set(run_packages "")
set(group "")
file(STRINGS ${CMAKE_SOURCE_DIR}/packaging/packages lines)
foreach(line IN LISTS lines)
  string(REGEX REPLACE "[ \t]*#.*" "" line "${line}")
  if(line MATCHES "^\\[(.*)\\]$")
    set(group ${CMAKE_MATCH_1})
  elseif(group STREQUAL "run" AND line)
    list(APPEND run_packages ${line})
  endif()
endforeach()
list(JOIN run_packages ", " run_packages)

string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH is respected
configure_file(${CMAKE_SOURCE_DIR}/packaging/deb/changelog.in ${CMAKE_CURRENT_BINARY_DIR}/changelog @ONLY)
find_program(GZIP_PROGRAM gzip REQUIRED)
execute_process(COMMAND ${GZIP_PROGRAM} -9 -n -f -k changelog WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gatehouse)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/deb/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gatehouse)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gatehouse)
set(CPACK_PACKAGE_VENDOR "The Gatehouse developers")
set(CPACK_PACKAGE_CONTACT "The Gatehouse developers <gatehouse@localhost.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "desktop API gateway and API explorer")
set(CPACK_PACKAGE_DESCRIPTION
"Gatehouse stands between clients and services on a developer's machine: it
routes, limits and mocks HTTP requests, records every exchange and explains
each one: which route won, which condition the others failed, what every
policy decided. gatehouse is the window, gatehouse-cli the same without one.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${run_packages}")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3-httpbin, gunicorn")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
