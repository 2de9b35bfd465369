# cmake -DRELAY=build/dev/src/cli/relay -DPRINT_TYPES=build/dev/src/decode/print_types -DROOT=. -P cmake/UpdateGolden.cmake
function(keep_output file)
  execute_process(COMMAND ${RELAY} ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${ROOT}/${file} "${text}")
endfunction()

keep_output(docs/cli.md --print-reference)
keep_output(docs/configuration.md config reference --format markdown)
keep_output(examples/relay.toml config reference --format toml)
keep_output(docs/metrics.md --print-metrics)
keep_output(share/relay.bash completion bash)
keep_output(share/relay.zsh completion zsh)
keep_output(share/relay.fish completion fish)
keep_output(share/relay.1 man)

execute_process(COMMAND ${PRINT_TYPES} OUTPUT_VARIABLE types COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${ROOT}/docs/types.md "${types}")
