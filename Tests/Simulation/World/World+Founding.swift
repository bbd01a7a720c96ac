#if FAULTS
  import DeadDropKit
  import Identity
  import Protocol
  import Wire
  import WireFormat

  extension World {
    /// Founds the wire on the first host and lets everybody join from theirs, nothing going wrong.
    func found() throws {
      let handles = members.map(\.handle)
      var domains: [Text: Domain] = [:]
      for handle in handles where random.once(in: 2) {
        domains[Text("land-of-\(handle)")] = Domain(owner: handle, paths: [Text("\(handle)/**")])
      }
      let request = Founding.Request(
        directory: Self.wirePath, founder: handles[0], peers: Array(handles.dropFirst()),
        domains: domains, tiers: TiersFile.standard, isLocal: false)
      let outcome = try process(on: members[0].host) {
        try Founding.found(request, in: members[0].places)
      }
      genesis = try process(on: hosts[0]) {
        try SharedDirectory.open(Self.wirePath).genesis()
      }
      for host in hosts.dropFirst() {
        copyWire(to: host)
        host.disk.settleAll()
      }
      for invite in outcome.invites {
        let member = members[index(of: invite.to)]
        _ = try process(on: member.host) {
          try Joining.join(invite, directory: Self.wirePath, handle: nil, in: member.places)
        }
        if random.once(in: 4) { try cutPowerAfterJoin(of: member) }
        syncAll()
        try settle(members[0])
      }
      syncAll()
      for member in members { try settle(member) }
      for index in members.indices {
        let member = members[index]
        members[index].pk = try process(on: member.host) {
          try KeyStore(member.places).publicKey(member.handle) ?? .zero
        }
      }
      for host in hosts { host.disk.settleAll() }
      for member in honest { noteLog(of: member) }
    }

    private func cutPowerAfterJoin(of member: Member) throws {
      let before = writtenLog(of: member)
      member.host.disk.cutPower(using: &random)
      member.host.boot()
      guard writtenLog(of: member) == before else {
        throw Violation(
          promise: "nothing acknowledged is lost",
          words: "a power cut takes back how \(member.handle) joined")
      }
    }

    private func settle(_ member: Member) throws {
      if case .refused(let error) = command(member, { _, _ in }) { throw error }
    }

    private func copyWire(to host: SimulatedHost) {
      let source = hosts[0].disk
      for name in source.names(at: Self.wirePath) {
        if let bytes = source.bytes(at: path(name)) { host.disk.write(bytes, to: path(name)) }
      }
    }
  }
#endif
