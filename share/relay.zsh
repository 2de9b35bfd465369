#compdef relay
# Completion of relay for zsh. Printed by `relay completion zsh`.
_relay() {
  local -a commands options
  local previous=${words[CURRENT-1]}
  local where= word skip=
  for word in ${words[2,CURRENT-1]}; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case $word in
      --config|--db|--document-bytes|--duration|--format|--limit|--log-format|--log-level|--ops|--out|--profile|--rate|--sample|--seed|--set|--source|--stream|--table|--target|--update-share|--wait|--write-schema|--writers) skip=1; continue ;;
      -*) continue ;;
    esac
    case "${where:+$where }$word" in
      'cdc-relay'|'db-workload'|'plan'|'verify'|'status'|'snapshot'|'pause'|'resume'|'checkpoint'|'checkpoint show'|'checkpoint set'|'checkpoint reset'|'dead-letter'|'dead-letter list'|'dead-letter show'|'dead-letter retry'|'dead-letter discard'|'config'|'config show'|'config check'|'config reference'|'secret'|'secret keygen'|'secret seal') where="${where:+$where }$word" ;;
    esac
  done
  case $previous in
    --config|--out) _files; return ;;
    --profile) compadd -- orders sensors users; return ;;
    --format) compadd -- markdown toml; return ;;
    --config|--db|--document-bytes|--duration|--format|--limit|--log-format|--log-level|--ops|--out|--profile|--rate|--sample|--seed|--set|--source|--stream|--table|--target|--update-share|--wait|--write-schema|--writers) _message value; return ;;
  esac
  case $where in
    '')
      commands=(
        'cdc-relay:Replicate the tables'\'' collections until stopped'
        'db-workload:Write a reproducible workload into the source; print a digest of the result'
        'plan:Say what a relay would do, and what is in its way'
        'verify:Compare collections and tables while both are written to'
        'status:Show what the running relay is doing'
        'snapshot:Ask the running relay to take a snapshot of tables again'
        'pause:Ask the running relay to write nothing more'
        'resume:Let a paused relay go on'
        'checkpoint:The stored position of a stopped relay: show, set, reset'
        'dead-letter:What could not be written: list, show, retry, discard'
        'config:Settings: show, check, reference'
        'secret:Settings that only the relay can read: keygen, seal')
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)'
        '--version:Print the versions and leave') ;;
    'cdc-relay')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--source:Source to read (source.uri)'
        '--target:Target to write to (target.uri)'
        '--table:Collection, or a pattern such as '\''shop.*'\'', and its table; repeatable, replaces those of the file'
        '--once:Catch up with the position the source has now, then exit 0'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'db-workload')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--source:Source to read (source.uri)'
        '--db:Database to write to (workload)'
        '--profile:orders: nested documents, every kind of write; sensors: small inserts, few updates; users: documents gain a field half-way (orders)'
        '--insert-only:Nothing but inserts'
        '--update-share:Share of updates, 0 to 1'
        '--document-bytes:Pad new documents to this size'
        '--ops:Operations of all writers together; 0: no limit (10000, none with --duration)'
        '--duration:End after this time'
        '--rate:Operations a second of all writers; else at full speed'
        '--writers:Writers, each with keys of its own (1)'
        '--seed:Another seed, other operations and keys (1)'
        '--drop:Drop the profile'\''s collections first'
        '--append:Add to documents that are there; needs a seed not used before'
        '--verify:Read the collections back and compare; exit 6 when they differ'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'plan')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--source:Source to read (source.uri)'
        '--target:Target to write to (target.uri)'
        '--table:Collection, or a pattern such as '\''shop.*'\'', and its table; repeatable, replaces those of the file'
        '--json:As JSON: docs/plan.md'
        '--write-schema:Write a mapping file for each table, for schema_file'
        '--sample:Documents of each collection to look at (1000)'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'verify')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--source:Source to read (source.uri)'
        '--target:Target to write to (target.uri)'
        '--table:Only this table of the file, named as in the target or by its collection; without a file: collection and table as for cdc-relay; repeatable'
        '--repair:Write rows that differ or are missing anew, and remove those too many'
        '--wait:How long to wait for a relay or a copy that stands still (30s)'
        '--limit:Differences to list of each table, at most; 0: all (0)'
        '--json:The result as JSON: docs/verify.md'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'status')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--json:As the relay itself gives it: docs/http.md'
        '--watch:Again every two seconds, until Ctrl-C'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'snapshot')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'pause')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'resume')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'checkpoint')
      commands=(
        'show:Print what the state file and the target have stored'
        'set:Move the stored position of a stopped relay'
        'reset:Forget the position and the progress of snapshots of a stopped relay')
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'checkpoint show')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--target:Target to write to (target.uri)'
        '--json:As JSON'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'checkpoint set')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--target:Target to write to (target.uri)'
        '--stream:The stream, when there are several'
        '--yes:Do not ask'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'checkpoint reset')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--target:Target to write to (target.uri)'
        '--stream:The stream, when there are several'
        '--yes:Do not ask'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'dead-letter')
      commands=(
        'list:List the open letters, the newest first'
        'show:Print a letter whole, with its document'
        'retry:Read documents again from the source and write them'
        'discard:Close letters; their rows stay as they are')
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'dead-letter list')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--target:Target to write to (target.uri)'
        '--table:Only those of this table of the target'
        '--all:Closed ones, too'
        '--limit:Letters to list, at most (100)'
        '--json:As JSON; names are the columns of relay.dead_letter'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'dead-letter show')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--target:Target to write to (target.uri)'
        '--json:As JSON; the document is a text in it'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'dead-letter retry')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--source:Source to read (source.uri)'
        '--target:Target to write to (target.uri)'
        '--table:Every open letter of this table of the target'
        '--all:Every open letter'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'dead-letter discard')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--target:Target to write to (target.uri)'
        '--table:Every open letter of this table of the target'
        '--all:Every open letter'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'config')
      commands=(
        'show:Print the settings in force as TOML: secrets hidden, each with its origin'
        'check:Say whether cdc-relay would start with these settings; reaches no server'
        'reference:Print what every setting means')
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'config show')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--source:Source to read (source.uri)'
        '--target:Target to write to (target.uri)'
        '--table:Collection, or a pattern such as '\''shop.*'\'', and its table; repeatable, replaces those of the file'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'config check')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--source:Source to read (source.uri)'
        '--target:Target to write to (target.uri)'
        '--table:Collection, or a pattern such as '\''shop.*'\'', and its table; repeatable, replaces those of the file'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'config reference')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--format:markdown: docs/configuration.md; toml: examples/relay.toml'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'secret')
      commands=(
        'keygen:Write a new private key to a file, print its public half'
        'seal:Read a value from standard input, print it sealed for the settings file')
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'secret keygen')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--out:Private key, made with mode 0400; must not exist'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
    'secret seal')
      commands=()
      options=(
        '--help:Print this help message and exit'
        '--config:Settings file (TOML); none is read without it'
        '--set:One setting, such as target.batch_rows=1000; repeatable'
        '--log-level:debug, info, warn or error (log.level)'
        '--log-format:text or json (log.format)') ;;
  esac
  (( $#commands )) && _describe -t commands command commands
  _describe -t options option options
}
if [ "$funcstack[1]" = _relay ]; then _relay "$@"; else compdef _relay relay; fi
