# What `cmake --install` puts where, and the Debian package made of it: scripts/package.
# The program installs itself, its man page and completions: src/cli/CMakeLists.txt.
set(RELAY_DOC_DIR ${CMAKE_INSTALL_DATADIR}/doc/relay)

install(FILES README.md DESTINATION ${RELAY_DOC_DIR})
install(DIRECTORY docs/ DESTINATION ${RELAY_DOC_DIR}/docs FILES_MATCHING PATTERN "*.md")
install(DIRECTORY examples/ schema DESTINATION ${RELAY_DOC_DIR}/examples)

# The unit as in examples/, for the program where it is installed.
file(READ examples/relay@.service unit)
string(REPLACE /usr/local/bin/relay ${CMAKE_INSTALL_FULL_BINDIR}/relay unit "${unit}")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/package/relay@.service CONTENT "${unit}" @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS examples/relay@.service)
install(FILES ${PROJECT_BINARY_DIR}/package/relay@.service DESTINATION lib/systemd/system)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME relay)
set(CPACK_PACKAGE_CONTACT "relay maintainers <relay@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"MongoDB change streams as rows in PostgreSQL and CrateDB
 relay copies collections into tables and keeps them equal by the change
 stream, while both are in use. Position and rows are one transaction in
 PostgreSQL, so that a restart or a kill neither loses a change nor applies
 one twice.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${PROJECT_SOURCE_DIR}/share/debian/postinst;${PROJECT_SOURCE_DIR}/share/debian/prerm;${PROJECT_SOURCE_DIR}/share/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# /etc/relay, copyright, changelog, and the man page compressed: only a Debian package wants these so.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/FinishPackage.cmake)
set(CPACK_RELAY_SOURCE_DIR ${PROJECT_SOURCE_DIR})
include(CPack)
