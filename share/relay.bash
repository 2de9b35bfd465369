# Completion of relay for bash. Printed by `relay completion bash`.
_relay() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=
  local where= word skip=
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case $word in
      --config|--db|--document-bytes|--duration|--format|--limit|--log-format|--log-level|--ops|--out|--profile|--rate|--sample|--seed|--set|--source|--stream|--table|--target|--update-share|--wait|--write-schema|--writers) skip=1; continue ;;
      -*) continue ;;
    esac
    case "${where:+$where }$word" in
      'cdc-relay'|'db-workload'|'plan'|'verify'|'status'|'snapshot'|'pause'|'resume'|'checkpoint'|'checkpoint show'|'checkpoint set'|'checkpoint reset'|'dead-letter'|'dead-letter list'|'dead-letter show'|'dead-letter retry'|'dead-letter discard'|'config'|'config show'|'config check'|'config reference'|'secret'|'secret keygen'|'secret seal') where="${where:+$where }$word" ;;
    esac
  done
  COMPREPLY=()
  case $previous in
    --config|--out) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --profile) COMPREPLY=($(compgen -W 'orders sensors users' -- "$current")); return ;;
    --format) COMPREPLY=($(compgen -W 'markdown toml' -- "$current")); return ;;
    --config|--db|--document-bytes|--duration|--format|--limit|--log-format|--log-level|--ops|--out|--profile|--rate|--sample|--seed|--set|--source|--stream|--table|--target|--update-share|--wait|--write-schema|--writers) return ;;
  esac
  case $where in
    '') words='cdc-relay db-workload plan verify status snapshot pause resume checkpoint dead-letter config secret --help --config --set --log-level --log-format --version' ;;
    'cdc-relay') words='--help --source --target --table --once --config --set --log-level --log-format' ;;
    'db-workload') words='--help --source --db --profile --insert-only --update-share --document-bytes --ops --duration --rate --writers --seed --drop --append --verify --config --set --log-level --log-format' ;;
    'plan') words='--help --source --target --table --json --write-schema --sample --config --set --log-level --log-format' ;;
    'verify') words='--help --source --target --table --repair --wait --limit --json --config --set --log-level --log-format' ;;
    'status') words='--help --json --watch --config --set --log-level --log-format' ;;
    'snapshot') words='--help --config --set --log-level --log-format' ;;
    'pause') words='--help --config --set --log-level --log-format' ;;
    'resume') words='--help --config --set --log-level --log-format' ;;
    'checkpoint') words='show set reset --help --config --set --log-level --log-format' ;;
    'checkpoint show') words='--help --target --json --config --set --log-level --log-format' ;;
    'checkpoint set') words='--help --target --stream --yes --config --set --log-level --log-format' ;;
    'checkpoint reset') words='--help --target --stream --yes --config --set --log-level --log-format' ;;
    'dead-letter') words='list show retry discard --help --config --set --log-level --log-format' ;;
    'dead-letter list') words='--help --target --table --all --limit --json --config --set --log-level --log-format' ;;
    'dead-letter show') words='--help --target --json --config --set --log-level --log-format' ;;
    'dead-letter retry') words='--help --source --target --table --all --config --set --log-level --log-format' ;;
    'dead-letter discard') words='--help --target --table --all --config --set --log-level --log-format' ;;
    'config') words='show check reference --help --config --set --log-level --log-format' ;;
    'config show') words='--help --source --target --table --config --set --log-level --log-format' ;;
    'config check') words='--help --source --target --table --config --set --log-level --log-format' ;;
    'config reference') words='--help --format --config --set --log-level --log-format' ;;
    'secret') words='keygen seal --help --config --set --log-level --log-format' ;;
    'secret keygen') words='--help --out --config --set --log-level --log-format' ;;
    'secret seal') words='--help --config --set --log-level --log-format' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _relay relay
