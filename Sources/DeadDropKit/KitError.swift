package import Host
package import Identity
package import Protocol
package import Wire
package import WireFormat

/// Why a verb could not be done.
package enum KitError: Error, Equatable, Sendable {
  case wire(WireError)
  case host(HostError)
  case identity(IdentityError)
  case draft(WriterLimits.Breach)
  case invite(InviteFault)
  /// None of the variables that name private places is set.
  case noHome
  /// No wire directory here or upward from here.
  case noWire(searchedFrom: String)
  /// No agent of this machine is on this wire.
  case noIdentity(wire: Bytes32, path: String)
  case severalIdentities([Handle])
  case foreignHandle(Handle, wire: String)
  case noSuchHandle(String)
  case noKey(Handle, path: String)
  case noKeyFile(String)
  /// A key that a rotation or a recovery made is not among the files any more.
  case keyGone(Handle, Bytes32)
  /// What a card cannot say.
  case cardText(String)
  /// The own chain cannot be cut there.
  case notRecoverable(String)
  /// There is nobody who could let the own chain go on; the other members are named.
  case nobodyRecovers(Handle, [Handle])
  /// An identity cannot be moved, backed up or restored so.
  case notMovable(MoveFault)
  /// Only the operator could ratify it, or not even the operator can.
  case notRatifiable(Bytes32, String)
  case keyExists(Handle, path: String)
  case wireExists(String)
  /// A directory without a genesis holds a log that the new wire would use.
  case logExists(String)
  /// No log of the members that are to take it over.
  case nothingToAdopt(String)
  case tooMuchToAdopt(String, Int)
  case notAbsolute(String)
  case tables(String, String)
  case noSuchMessage(String)
  case severalMessages(String, count: Int)
  case heldBack(Handle)
  case ownMessage(Bytes32)
  case foreignMessage(Bytes32, Handle)
  case notAProposal(Bytes32)
  /// Nothing that is said of a settled proposal counts any more.
  case settledAlready(Bytes32, ProposalStatus)
  /// Of an agent's answers to one proposal only the first counts.
  case answeredAlready(Bytes32, Answer.Verdict)
  case notAnOwner(Bytes32, [Handle])
  case notRecipients([Handle])
  /// A verb about a peer names the agent itself.
  case ownHandle(Handle)
  /// What every agent has to read of such a message.
  case notSealable(MessageType, String)
  case cannotSeal(to: Handle, SealObstacle)
  /// Owners of a proposal who could not read what they are asked to agree to.
  case sealedFromOwners([Handle])
  case noSealingKey(Handle, path: String)
  /// Only the founder's word makes a newcomer's key known to all members.
  case notFounder(Handle, founder: Handle)
  /// Only who agreed to a member has a key to give it that it can rest on.
  case notAParty(Handle, [Handle])
  /// The decision that added a member names another key than the one here.
  case otherKeyDecided(Handle, Bytes32)
  case handleTaken(Handle)
  /// A proposal that nobody has settled yet says the same.
  case proposedAlready(Bytes32, String)
  case keyTaken(Handle)
  case ownRemoval
  case nobodyLeft(Handle)
  /// By the decision on this proposal.
  case removed(Handle, by: Bytes32)
  /// A message waits for answers, and is to nobody else.
  case nobodyAnswers
  /// Nothing counts any more that this agent writes.
  case ended(Ending)
  case proposalFlaw(RefusedReason)
  case inviteExpired(Handle, by: Handle, Timestamp)
  case inviteUsed(Handle, log: String)
  case inviteForOther(Handle, asked: Handle)
  case inviteMismatch(String)
  case alreadyJoined(Handle)
  case noCard(Handle)
  /// A peer writes with another key than the one that the operator vouches for.
  case otherKey(Handle, Bytes32)
  /// The 60 digits that were typed are not those of the two agents.
  case otherDigits(Handle, with: Handle)
  /// A peer writes with the key of another member.
  case sharedKey(Handle, with: Handle)
  case trustStore(String)
  /// The memory of ceremonies and wrong codes cannot be read.
  case ceremonyBook(String)
  /// The code typed is not the one that both sides should see.
  case wrongCode(Handle, triesLeft: Int)
  /// Too many wrong codes were typed.
  case comparingLocked(Handle, Timestamp)
  case comparingAborted(Handle, SASCeremony.Abort)
  /// The other side has not written what the code is computed from.
  case codeNotReady(Handle)
  /// Neither side has begun to compare codes.
  case nothingToCompare(Handle)
  /// The operator has revoked what the peer wrote there.
  case behindCut(Handle)
  case notAttested(Handle, TrustStore.Tier, count: Int)
  case nothingToRevoke(Handle)
  /// An earlier revocation reaches further back; it begins with this seq.
  case revokedBefore(Handle, seq: Int)
  case noSuchPlace(Handle, seq: Int, head: Int)
  /// The own log cannot be taken up where it ends.
  case notAdoptable(String, String)
  case notEvidence(String)
  /// Another's claim overlaps what is asked for.
  case claimed(HeldClaim)
  /// This agent has this claim already.
  case ownClaim(HeldClaim)
  /// Several wanted it at the same time, and this agent gave way.
  case contested(String)
  /// A claim that is stored, and what kept this agent from seeing whether it holds.
  case claimUnseen(Bytes32, String)
  case noSuchClaim(String)
  case notInProject(String, String)
  /// git said no, or said what cannot be read.
  case git(String)
  /// A git hook to which nothing can be added safely.
  case hookNotOurs(String, String)
  /// What the operator wants of a daemon cannot be read.
  case daemonSettings(String, String)
  /// Where the unit of a service would stand is something else.
  case serviceNotOurs(String, String)
  /// A path or a variable that no unit of a service can hold.
  case unwritable(String)
  /// Neither systemd nor launchd is on this machine.
  case noServiceManager
  /// Something keeps new work from starting until an operator lifts it.
  case standstill(Standstill, operatorKey: Bytes32?)
  /// A wakeup that would lift nothing.
  case nothingToLift(String)
  /// Only the operator's key can lift it, and none was given or another one.
  case notTheOperator(Bytes32)
  /// Any member may do it, so it must be said that it is for the operator.
  case operatorUnsaid
  /// The genesis names no operator whose signature could be asked for.
  case noOperatorKey
  /// Every line that an agent signs would be the operator's consent to that line.
  case operatorsKey(Handle)
  /// Only what can get no more lines is archived unasked.
  case yearIsOpen(Int)
}

extension KitError {
  package static func lifting<Value: ~Copyable>(
    _ body: () throws(HostError) -> Value
  ) throws(KitError) -> Value {
    do { return try body() } catch { throw .host(error) }
  }

  package static func liftingIdentity<Value: ~Copyable>(
    _ body: () throws(IdentityError) -> Value
  ) throws(KitError) -> Value {
    do { return try body() } catch { throw .identity(error) }
  }

  package static func liftingWire<Value: ~Copyable>(
    _ body: () throws(WireError) -> Value
  ) throws(KitError) -> Value {
    do { return try body() } catch {
      if case .host(let error) = error { throw .host(error) }
      throw .wire(error)
    }
  }
}

extension KitError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .wire(let error): error.description
    case .host(let error): error.description
    case .identity(let error): error.description
    case .draft(let breach): breach.description
    case .invite(let fault): fault.description
    case .noHome: "neither DEADDROP_HOME nor HOME is set"
    case .noWire(let path): "no _coordination directory in \(path) or above"
    case .noIdentity(let wire, let path):
      "no agent of this machine is on wire \(wire.hex.prefix(12)) (\(path))"
    case .severalIdentities(let handles):
      "several agents of this machine are on this wire: \(handles.map(\.name).joined(separator: ", "))"
    case .foreignHandle(let handle, let path):
      "\(handle) has no private state for the wire in \(path)"
    case .noSuchHandle(let name): "\(name) is no handle"
    case .noKey(let handle, let path): "the key of \(handle) is not at \(path)"
    case .noKeyFile(let path): "\(path): no such key file"
    case .keyGone(let handle, let pk):
      "the file of the new key \(pk.hex.prefix(16)) of \(handle) is gone"
    case .cardText(let what): "no card is written: \(what)"
    case .notRecoverable(let why): "no recovery is prepared: \(why)"
    case .nobodyRecovers(let handle, _):
      "nobody could ratify it: that takes two other members, or an operator's key in the genesis; "
        + "on this wire \(handle) signs nothing any more"
    case .notMovable(let fault): fault.description
    case .notRatifiable(let id, let why): "proposal \(id.hex.prefix(12)) \(why)"
    case .keyExists(let handle, let path): "\(handle) has a key already at \(path)"
    case .wireExists(let path): "\(path) is a wire already"
    case .logExists(let path): "\(path) is there already, and no genesis beside it"
    case .nothingToAdopt(let path): "\(path) holds no log of these agents to take over"
    case .tooMuchToAdopt(let path, let count):
      "\(path) holds \(count) files of lines, and 256 can be taken over"
    case .notAbsolute(let path): "\(path) is not an absolute path"
    case .tables(let file, let what): "\(file): \(what)"
    case .noSuchMessage(let id): "no message on this wire has an id that begins with \(id)"
    case .severalMessages(let id, let count): "\(count) messages have an id that begins with \(id)"
    case .heldBack(let handle): "the key of \(handle) is not verified, its messages are held back"
    case .ownMessage(let id): "\(id.hex.prefix(12)) is this agent's own message"
    case .foreignMessage(let id, let from):
      "\(id.hex.prefix(12)) is a message of \(from), and only the own ones can be corrected"
    case .notAProposal(let id): "\(id.hex.prefix(12)) is not a proposal"
    case .settledAlready(let id, let status):
      "proposal \(id.hex.prefix(12)) is \(status.rawValue) already"
    case .answeredAlready(let id, let verdict):
      "this agent has answered proposal \(id.hex.prefix(12)) already: \(verdict.rawValue)"
    case .notAnOwner(let id, let owners):
      owners.isEmpty
        ? "nobody on this wire but the operator can answer proposal \(id.hex.prefix(12))"
        : "proposal \(id.hex.prefix(12)) waits for others: "
          + owners.map(\.name).joined(separator: ", ")
    case .notFounder(let handle, let founder):
      "\(founder) founded this wire and introduces its members; \(handle) cannot invite for it"
    case .notAParty(let peer, let parties):
      "\(peer) was added without this agent: "
        + parties.map(\.name).joined(separator: ", ") + " can invite it"
    case .otherKeyDecided(let handle, let pk):
      "\(handle) was added with the key \(pk.hex), which is not the one here"
    case .handleTaken(let handle): "\(handle) is or was a member: a handle is given once"
    case .proposedAlready(let id, let what):
      "proposal \(id.hex.prefix(12)) to \(what) is not settled yet"
    case .keyTaken(let handle): "that is the key of \(handle)"
    case .operatorsKey(let handle):
      "\(handle) has the operator's key, with which no agent may sign"
    case .ownRemoval: "an agent does not remove itself"
    case .nobodyLeft(let handle): "nobody is left on this wire who could agree to remove \(handle)"
    case .removed(let handle, let id): Ending.removed(by: id).words(of: handle.name)
    case .nobodyAnswers: "there is nobody whose answer could be waited for"
    case .ended(let ending): ending.words(of: "this agent")
    case .proposalFlaw(.domainsMalformed): "the proposal's domains are not a list of names"
    case .proposalFlaw(let reason):
      "the proposal's effects have not the shape that PROTOCOL.md gives (\(reason.rawValue))"
    case .notRecipients(let handles):
      "not a member of this wire: \(handles.map(\.name).joined(separator: ", "))"
    case .ownHandle(let handle): "\(handle) is this agent itself; this is about another member"
    case .notSealable(let type, let why): "\(type.word) is not sealed: \(why)"
    case .cannotSeal(let peer, let obstacle): "cannot seal to \(peer): \(obstacle.rawValue)"
    case .sealedFromOwners(let owners):
      "owners of the proposal could not read it: \(owners.map(\.name).joined(separator: ", "))"
    case .noSealingKey(let handle, let path): "the sealing key of \(handle) is not at \(path)"
    case .inviteExpired(let to, _, let time): "the invite of \(to) expired at \(time.string)"
    case .inviteUsed(let handle, let log):
      "the invite was used: \(log) begins with another key of \(handle)"
    case .inviteForOther(let to, let asked): "the invite is for \(to), not for \(asked)"
    case .inviteMismatch(let what): "the invite does not fit: \(what)"
    case .alreadyJoined(let handle): "\(handle) is on this wire already"
    case .noCard(let handle): "\(handle) has not published a card yet"
    case .otherKey(let peer, let pk): "\(peer) writes with the key \(pk.hex), not with that one"
    case .otherDigits(let peer, let own):
      "not the digits of \(own) and \(peer): misread, or somebody is between you"
    case .sharedKey(let peer, let other):
      "\(peer) writes with the key of \(other): one holder speaks for both"
    case .trustStore(let path): "\(path): damaged, so nobody is trusted"
    case .ceremonyBook(let path): "\(path): damaged, so no codes are compared"
    case .wrongCode(let peer, 0):
      "that is not the code of \(peer), for the third time: locked for 24 hours; "
        + "either it was misheard, or somebody is between you"
    case .wrongCode(let peer, let left):
      "that is not the code of \(peer): \(left) \(left == 1 ? "try" : "tries") left; "
        + "either it was misheard, or somebody is between you"
    case .comparingLocked(let peer, let time):
      "three wrong codes were typed for \(peer): locked until \(time.string)"
    case .comparingAborted(let peer, let reason): "comparing with \(peer) is off: \(reason)"
    case .codeNotReady(let peer): "the code is not there yet: \(peer) has to go on first"
    case .nothingToCompare(let peer): "comparing codes with \(peer) was not begun here"
    case .behindCut(let peer): "that is by \(peer), behind the line at which it was revoked"
    case .notAttested(let peer, let tier, let count):
      "\(peer) is \(tier.rawValue), with \(count) of \(Session.attestingCount) decisions and "
        + "answered ships: only ATTESTED can become TRUSTED"
    case .nothingToRevoke(let peer): "no key of \(peer) was ever believed"
    case .revokedBefore(let peer, let seq):
      "\(peer) is revoked from seq \(seq) already: a later place changes nothing"
    case .noSuchPlace(let peer, let seq, let head):
      "\(peer) has no line \(seq - 1) to cut behind: its chain ends with \(head)"
    case .notAdoptable(let log, let why): "\(log): cannot be taken up: \(why)"
    case .yearIsOpen(let year): "\(year) is not over by this agent's clock"
    case .notEvidence(let path): "\(path): no evidence as deaddrop keeps it"
    case .claimed(let claim) where claim.isExpired:
      "the claim of \(claim.holder) on \(claim.resource) expired at \(claim.until.string), and can be"
        + " taken over from \(claim.deadline.string) on"
    case .claimed(let claim):
      "\(claim.holder) holds \(claim.resource) until \(claim.until.string)"
    case .ownClaim(let claim):
      "this agent holds \(claim.resource) already, until \(claim.until.string)"
    case .contested(let resource):
      "others wanted \(resource) at the same time, and this agent gave way"
    case .claimUnseen(let id, let why):
      "claim \(id.hex.prefix(12)) is stored, but whether it holds could not be seen: \(why)"
    case .noSuchClaim(let id): "this agent has no open claim whose id begins with \(id)"
    case .git(let words): words
    case .hookNotOurs(let path, let why): "\(path) is left alone: \(why)"
    case .daemonSettings(let path, let what): "\(path): \(what)"
    case .serviceNotOurs(let path, let why): "\(path) is left alone: \(why)"
    case .unwritable(let text):
      "no unit can hold \"\(text)\": it has a control character, or is a program with a quote or "
        + "backslash in its path"
    case .noServiceManager: "no service manager is here: neither systemctl nor launchctl is in PATH"
    case .notInProject(let path, let root): "\"\(path)\" is no path in the project \(root)"
    case .standstill(.safeMode(let incident, let record), _):
      "safe mode: incident \(incident.eventID.hex.prefix(12)) of \(incident.writer) was not acked "
        + "in time, says \(record.writer)"
    case .standstill(.pause(let pause), _):
      "paused: \(pause.writer) asked to stop, by \(pause.eventID.hex.prefix(12))"
    case .nothingToLift(let what): what
    case .notTheOperator(let pk): "the genesis names an operator, whose key is \(pk.hex)"
    case .operatorUnsaid: "this is done for the operator: it must be said"
    case .noOperatorKey: "the genesis of this wire names no operator's key"
    }
  }
}

extension Ending {
  func words(of agent: String) -> String {
    switch self {
    case .removed(let id): "\(agent) was removed by decision \(id.hex.prefix(12))"
    case .left: "\(agent) has left this wire"
    }
  }
}
