# Run by cpack before it packs: what Debian's policy wants beyond the installed files.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(doc ${root}/usr/share/doc/relay)
set(source ${CPACK_RELAY_SOURCE_DIR})

file(READ ${root}/usr/lib/systemd/system/relay@.service unit)
string(REGEX REPLACE "[^ =]*/bin/relay" /usr/bin/relay unit "${unit}")
file(WRITE ${root}/usr/lib/systemd/system/relay@.service "${unit}")

# Settings have passwords in them; the service manager reads them as root.
file(MAKE_DIRECTORY ${root}/etc/relay)
file(CHMOD ${root}/etc/relay PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE)

file(WRITE ${doc}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: relay

Files: *
Copyright: the authors of relay
License: Apache-2.0

License: Apache-2.0
 On Debian systems the full text of the Apache License 2.0 is in
 /usr/share/common-licenses/Apache-2.0.
")

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${doc}/changelog
"relay (${CPACK_PACKAGE_VERSION}) stable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}; `relay --version` names the commit.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
execute_process(COMMAND gzip -9n ${doc}/changelog ${root}/usr/share/man/man1/relay.1
                COMMAND_ERROR_IS_FATAL ANY)
