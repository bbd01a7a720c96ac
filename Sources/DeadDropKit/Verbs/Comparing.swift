import Host
package import Identity
import Protocol
import Wire
package import WireFormat

/// Where a comparison of codes stands.
package struct SASStanding: Equatable, Sendable {
  package let peer: Handle
  package let role: SASCeremony.Role
  let ceremony: Text
  /// What both people should have before them; nil while it waits for the peer.
  package let code: String?
  /// How many wrong codes may still be typed.
  package let triesLeft: Int
}

/// Comparing codes with a peer: each side begins or joins, shows the code, and types the other's.
extension Session {
  /// Begins a ceremony, or joins the one that the peer has begun.
  package mutating func startComparing(_ peer: Handle) throws(KitError) -> SASStanding {
    try compare(with: peer, mayBegin: true)
  }

  /// Goes on with what has begun here, as far as the peer has written; joins nothing new.
  package mutating func showCode(_ peer: Handle) throws(KitError) -> SASStanding {
    try compare(with: peer, mayBegin: false)
  }

  /// Takes the code that the peer's person has said; the right one pins the peer's keys.
  ///
  /// Throws `wrongCode` with the tries that are left: only this, and never the wire, leads to the
  /// lock.
  package mutating func confirmCode(_ peer: Handle, _ typed: String) throws(KitError) -> CatchUp {
    let standing = try showCode(peer)
    guard let code = standing.code else { throw .codeNotReady(peer) }
    let isRight = typed == code.filter { $0 != " " }
    try confirm(standing, isRight: isRight)
    return try catchUp(mustSettle: true)
  }

  private mutating func confirm(_ standing: SASStanding, isRight: Bool) throws(KitError) {
    let peer = standing.peer
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    var book = try CeremonyBook.load(state)
    // Another process may have ended it since the code was shown.
    guard let ceremony = book[peer].current, ceremony.name == standing.ceremony,
      let record = reader.store.records[peer], record.spans.last?.pk == ceremony.peer.pk
    else { throw .codeNotReady(peer) }
    guard isRight else {
      book.miss(peer, at: now())
      try book.save(state)
      throw .wrongCode(peer, triesLeft: book[peer].triesLeft)
    }
    try vouch(for: peer, record, .sas)
    book.end(peer, try shownValues(of: ceremony))
    book[peer] = CeremonyBook.Entry()
    try book.save(state)
  }

  /// Whether a peer has begun a ceremony, or gone on with one, and now waits for this agent.
  package mutating func isAsked(by peer: Handle) throws(KitError) -> Bool {
    let book = try CeremonyBook.load(state)
    let theirs = try steps(of: peer, to: handle)
    let mine = try steps(of: handle, to: peer)
    guard let current = book[peer].current else { return openStart(theirs, mine, book) != nil }
    let sides = (own: current.own, peer: current.peer)
    return switch current.next(own: mine, peer: theirs, sides: sides, used: book.used) {
    case .write, .compare: true
    case .wait, .abort: false
    }
  }

  private mutating func compare(
    with peer: Handle, mayBegin: Bool
  ) throws(KitError) -> SASStanding {
    try checkIsPeer(peer)
    let lock = try settlingLock()
    defer { try? lock.unlock() }
    var book = try CeremonyBook.load(state)
    book.unlock(peer, at: now())
    if let until = book[peer].lockedUntil { throw .comparingLocked(peer, until) }
    let sides = (own: try side(of: handle), peer: try side(of: peer))
    // Begins, answers, opens: three steps are the most that one look can lead to.
    for _ in 0..<4 {
      let theirs = try steps(of: peer, to: handle)
      let mine = try steps(of: handle, to: peer)
      let ceremony = try choose(
        peer, theirs, mine, sides, mayBegin: mayBegin, in: &book)
      switch ceremony.next(own: mine, peer: theirs, sides: sides, used: book.used) {
      case .write(let content, let re):
        // Before the line: whoever has written it must know what was promised in it.
        try book.save(state)
        try write(content, of: ceremony, to: peer, re: re)
      case .wait: return try standing(ceremony, nil, &book)
      case .compare(let code): return try standing(ceremony, code, &book)
      case .abort(let reason):
        book.end(peer, try shownValues(of: ceremony))
        try book.save(state)
        throw .comparingAborted(peer, reason)
      }
    }
    throw .codeNotReady(peer)
  }

  private func standing(
    _ ceremony: SASCeremony, _ code: String?, _ book: inout CeremonyBook
  ) throws(KitError) -> SASStanding {
    try book.save(state)
    let peer = ceremony.peer.handle
    return SASStanding(
      peer: peer, role: ceremony.role, ceremony: ceremony.name, code: code,
      triesLeft: book[peer].triesLeft)
  }

  /// The ceremony that runs, another in its place where the peer has begun anew, or a fresh one.
  private mutating func choose(
    _ peer: Handle, _ theirs: [SASStep], _ mine: [SASStep],
    _ sides: (own: SAS.Side, peer: SAS.Side), mayBegin: Bool, in book: inout CeremonyBook
  ) throws(KitError) -> SASCeremony {
    let current = book[peer].current
    let asked = openStart(theirs, mine, book)
    if let current {
      if !yields(current, to: asked, theirs, mine) { return current }
      // Each start that is joined is a guess at the code: so joining another is a person's to do.
      let isAgain = current.role == .responder || isAnswered(current, theirs, mine)
      book.end(peer, try shownValues(of: current))
      if isAgain, !mayBegin {
        try book.save(state)
        throw .comparingAborted(peer, .begunAnew)
      }
    } else if !mayBegin {
      throw .nothingToCompare(peer)
    }
    guard let nonce = Bytes32(SecureRandom.bytes(32)) else { throw .identity(.libraryUnavailable) }
    let ceremony: SASCeremony
    if let asked,
      let answer = SASCeremony(
        answering: asked, wire: genesis.id, own: sides.own, peer: sides.peer, nonce: nonce)
    {
      ceremony = answer
    } else {
      ceremony = SASCeremony(
        wire: genesis.id, name: Text(Hex.string(SecureRandom.bytes(8))), own: sides.own,
        peer: sides.peer, nonce: nonce)
    }
    book[peer].current = ceremony
    return ceremony
  }

  /// Whether the peer has shown its nonce to a ceremony that this agent began.
  private func isAnswered(
    _ current: SASCeremony, _ theirs: [SASStep], _ mine: [SASStep]
  ) -> Bool {
    let start = mine.first { $0.ceremony == current.name }?.id
    return start != nil && theirs.contains { $0.re == start }
  }

  /// Whether what runs makes way for what the peer has begun.
  ///
  /// Where both began at the same time and neither has answered, the start of the lower id holds.
  /// A peer that begins again after its answer has given up what it answered.
  private func yields(
    _ current: SASCeremony, to asked: SASStep?, _ theirs: [SASStep], _ mine: [SASStep]
  ) -> Bool {
    guard let asked, asked.id != current.start else { return false }
    if current.role == .responder { return true }
    guard let start = mine.first(where: { $0.ceremony == current.name })?.id else { return true }
    guard let answer = theirs.firstIndex(where: { $0.re == start }) else { return asked.id < start }
    return theirs.lastIndex(of: asked).map { $0 > answer } ?? false
  }

  /// The newest start of a peer that no ceremony has used up and this agent has not answered.
  ///
  /// One that was answered by what is forgotten here is over: only the first nonce counts.
  private func openStart(
    _ theirs: [SASStep], _ mine: [SASStep], _ book: CeremonyBook
  ) -> SASStep? {
    let newest = theirs.last { $0.content.type == .sasStart }
    guard let newest, case .start(let commitment) = newest.content,
      !mine.contains(where: { $0.re == newest.id }), !book.used.contains(newest.id),
      !book.used.contains(commitment)
    else { return nil }
    return newest
  }

  /// A side's two keys as its chain shows them now.
  private mutating func side(of member: Handle) throws(KitError) -> SAS.Side {
    guard let pk = reader.store.records[member]?.spans.last?.pk,
      let card = try wireState().newestCards[member], card.pk == pk,
      let sealKey = Card.sealKey(of: card.card)
    else { throw .noCard(member) }
    return SAS.Side(handle: member, pk: pk, sealKey: sealKey)
  }

  /// The nonces and promises that both chains show of a ceremony.
  private mutating func shownValues(of ceremony: SASCeremony) throws(KitError) -> [Bytes32] {
    let peer = ceremony.peer.handle
    let all = try steps(of: peer, to: handle) + steps(of: handle, to: peer)
    return all.filter { $0.ceremony == ceremony.name }.flatMap { step in
      switch step.content {
      case .start(let commitment): [commitment, step.id]
      case .nonce(let nonce), .open(let nonce): [nonce]
      }
    }
  }

  private mutating func steps(
    of writer: Handle, to reader: Handle
  ) throws(KitError) -> [SASStep] {
    let kinds = Set(SASStep.types.map(\.kind))
    let now = try wireState()
    let history = now.history
    return try lines(of: writer) { kinds.contains($0.kind) }
      .filter { !$0.isAfterGap && now.canCount(writer, $0.seq, under: history) }
      .compactMap { $0.message.flatMap { SASStep($0, to: reader) } }
  }

  private mutating func write(
    _ content: SASStep.Content, of ceremony: SASCeremony, to peer: Handle, re: Bytes32?
  ) throws(KitError) {
    let root = try re.flatMap { id throws(KitError) in
      try lines(of: peer) { $0.eventID == id }.first?.message?.correlationID
    }
    _ = try append(
      Draft(
        content.type, subject: "comparing keys", body: .object(content.body(of: ceremony.name)),
        to: .handles([peer]), re: re, correlationID: root))
    // Not by `catchUp`: this holds the lock that settling takes.
    var report = CatchUp()
    try read(into: &report)
  }
}
