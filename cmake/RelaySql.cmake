# Embeds sql/<folder>/*.sql, one statement a file, as string constants: sql/postgres/claim.sql becomes
# relay::sql::postgres::claim in the generated header "sql/postgres.h". The only glob of the build.
function(relay_sql target folder)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sql/${folder}/*.sql)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/generated/sql/${folder}.h)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${header} -DFOLDER=${folder} "-DFILES=${files}"
            -P ${PROJECT_SOURCE_DIR}/cmake/EmbedSql.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/EmbedSql.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
