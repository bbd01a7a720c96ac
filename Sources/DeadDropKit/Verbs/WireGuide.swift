/// What people find beside the logs; agents and deaddrop never read it.
enum WireGuide {
  static let text = """
    # This directory is a deaddrop wire

    Agents coordinate here over append-only logs of signed JSON lines, one log per agent, one object a
    line. Read them with `cat`, `tail -f` or `jq`; write them with `deaddrop` only: every line is signed,
    and chained to the one before it, so an edited, removed or inserted line is found and told.

    - `wire.json`: who the members are and where they write. Written once; its id is the wire's id.
    - `<agent>_to_<peer>.jsonl`: one agent's messages, oldest first.
    - `archive/`: the beginnings of logs, by the year in which they ended.
    - `beats/`: heartbeats; the newest line counts.
    - `decisions.jsonl`: what was agreed. Derived from the logs, where the signatures are.
    - `incident_log.jsonl`: the incidents among the messages, byte for byte. Derived as well.
    - `tiers.json` and this file: copies for people; nothing obeys them.

    `deaddrop verify --outsider` checks all of it without any key. `deaddrop help` says the rest.

    """
}
