# Embeds src/server/page/<name>.html, .css and .js as string constants: relay::page::<name>_html and so on
# in the generated header "page/<name>.h".
function(relay_page target name)
  list(APPEND files html css js)
  list(TRANSFORM files PREPEND ${PROJECT_SOURCE_DIR}/src/server/page/${name}.)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/generated/page/${name}.h)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${header} "-DFILES=${files}" -P ${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/EmbedPage.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${header})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
