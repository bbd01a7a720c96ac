#!/bin/sh
# Two agents, each with its own key, exchange signed lines over one directory and reach a decision.
#
# Runs anywhere: in a directory of its own that it removes. DEADDROP names the binary.
set -eu

deaddrop=${DEADDROP:-deaddrop}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/project"
cd "$scratch/project"

# Each agent has private places of its own, as on two machines or under two accounts.
forge() { DEADDROP_HOME="$scratch/forge" "$deaddrop" "$@"; }
scribe() { DEADDROP_HOME="$scratch/scribe" "$deaddrop" "$@"; }
say() { printf '\n# %s\n' "$*"; }
show() {
  printf '$ %s\n' "$*"
  "$@"
}

say "forge founds a wire and gets one line for its peer"
show forge init --handle forge --peer scribe >"$scratch/init" 2>/dev/null
sed 's/\(dd1\..\{24\}\).*/\1.../' "$scratch/init"
invite=$(sed -n 's/^deaddrop join //p' "$scratch/init")

say "scribe joins with it, and asks for something"
show scribe join "$invite" 2>&1 | sed 's/\(dd1\..\{24\}\)[A-Za-z0-9_-]*/\1.../'
show scribe send request --subject "parser" --body "Can the lexer keep comments? I need them for the docs."

say "forge reads it, and proposes"
show forge inbox
show forge send proposal --subject "comments" --body "The lexer keeps comments; scribe owns their format."

say "scribe reads the proposal and acks it"
show scribe inbox
proposal=$(scribe log --type proposal --json | sed 's/.*"event_id":"\([0-9a-f]*\)".*/\1/')
show scribe ack "$proposal"

say "forge decides with whatever it runs next: every owner has acked"
show forge status
show forge decisions

say "the files that they share: plain, append-only, one log an agent"
show ls _coordination
printf '$ tail -n 1 _coordination/decisions.jsonl\n'
tail -n 1 _coordination/decisions.jsonl
printf '$ head -c 300 _coordination/scribe_to_forge.jsonl\n'
head -c 300 _coordination/scribe_to_forge.jsonl
echo ...

say "every line is signed and chained: an outsider without any key can check it"
show forge verify --every-signature
show scribe verify
printf '$ deaddrop verify --outsider --json\n'
DEADDROP_HOME="$scratch/nobody" "$deaddrop" verify --outsider --json
